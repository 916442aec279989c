using System.Text;
using LocalCast.Supervision.Internal;
using LocalCast.Supervision.Tests.Running;

namespace LocalCast.Supervision.Tests;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("the key is hush-hush!", "the key is ***!")]
    [InlineData("hush-hush", "***")]
    [InlineData("hush-hushhush-hush twice, and hush-hush", "*** twice, and ***")]
    [InlineData("hush-hus", "hush-hus")]
    [InlineData("", "")]
    [InlineData("größer: schlüssel.", "größer: ***.")]
    [InlineData("first line, second line", "***, ***")]
    [InlineData("abc", "abc")]
    public void Apply_ALine_HasStarsInThePlaceOfSecrets(string line, string expected) => Assert.Equal(expected, Masked(line));

    [Fact]
    public void Apply_SecretsThatOverlap_AreMaskedWhole()
    {
        SecretMask mask = Mask(("A", "abcdef"), ("B", "defghi"));

        Assert.Equal("<***>", Text(mask, "<abcdefghi>"));
        Assert.Equal("x", Text(mask, "x"));
    }

    [Fact]
    public void For_NothingToHide_IsNone() => Assert.Null(SecretMask.For(Spec(("SHORT", "abc"))));

    [Fact]
    public void Apply_ALongLineOfNothingButSecrets_IsOne()
    {
        SecretMask mask = Mask([.. Enumerable.Range(4, 60).Select(length => ($"S{length}", new string('a', length)))]);

        Assert.Equal("***", Text(mask, new string('a', 16 * 1024)));
    }

    private static string Masked(string line) =>
        Text(Mask(("TOKEN", "hush-hush"), ("UMLAUT", "schlüssel"), ("LINES", "first line\r\nsecond line\n"), ("SHORT", "abc")), line);

    private static string Text(SecretMask mask, string line) => Encoding.UTF8.GetString(mask.Apply(Encoding.UTF8.GetBytes(line)));

    private static SecretMask Mask(params (string Name, string Value)[] secrets) => SecretMask.For(Spec(secrets))!;

    private static LaunchSpec Spec(params (string Name, string Value)[] secrets)
    {
        NodeManifest manifest = MachineManifests.Of("dns");
        manifest = manifest with { Run = manifest.Run with { Secrets = secrets.Select(secret => secret.Name).Append("UNSET").ToHashSet() } };
        return SupervisorRig.Spec(manifest, 1, "") with { Environment = secrets.Append(("OTHER", "not a secret")).ToDictionary(one => one.Item1, one => one.Item2) };
    }
}

using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Supervision.Tests.Manifests;

public sealed class VersionRangeTests
{
    private static readonly Config _config = PropertyConfig.Tests(2000);

    private static readonly Gen<SemanticVersion> _version =
        from major in Gen.Choose(0, 3)
        from minor in Gen.Choose(0, 3)
        from patch in Gen.Choose(0, 3)
        from pre in Gen.Elements("", "", "", "0", "alpha", "alpha.1", "rc.2", "rc.10", "rc-1")
        select new SemanticVersion((uint)major, (uint)minor, (uint)patch, pre);

    private static readonly Arbitrary<SemanticVersion> _any = _version.ToArbitrary();
    private static readonly Arbitrary<(SemanticVersion A, SemanticVersion B, SemanticVersion C)> _three = _version.Three().Select(t => (t.Item1, t.Item2, t.Item3)).ToArbitrary();

    [Theory]
    [InlineData(">=1.2 <2", "1.2.0 1.9.9 1.3.0-beta", "1.1.9 1.2.0-rc 2.0.0 2.0.0-alpha 3")]
    [InlineData(">= 1.2   < 2.0.0", "1.2 2.0.0-alpha", "2.0.0")]
    [InlineData("^1.2", "1.2 1.9.0", "1.1.0 2.0.0 2.0.0-rc")]
    [InlineData("^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0")]
    [InlineData("^0.0.3", "0.0.3", "0.0.2 0.0.4")]
    [InlineData("^0.0", "0.0.9", "0.1.0")]
    [InlineData("^0", "0.9.0", "1.0.0")]
    [InlineData("^1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.2 1.2.3 1.3.0", "1.2.3-beta 2.0.0")]
    [InlineData("~1.2", "1.2.0 1.2.9", "1.1.0 1.3.0 1.3.0-rc")]
    [InlineData("~1", "1.0.0 1.9.0", "2.0.0")]
    [InlineData("1.2", "1.2.0 1.2.7 1.2.7+build", "1.3.0 1.1.0")]
    [InlineData("1.2.3", "1.2.3 1.2.3+b", "1.2.3-rc 1.2.4-0 1.2.4")]
    [InlineData("=1.2.3-rc", "1.2.3-rc", "1.2.3 1.2.3-rc.0")]
    [InlineData(">1.2", "1.3.0 2.0.0", "1.2.0 1.2.9")]
    [InlineData(">1.2.3", "1.2.4", "1.2.3 1.2.0")]
    [InlineData("<=1.2", "1.2.9 1.0.0", "1.3.0 1.3.0-rc")]
    [InlineData("<=1.2.3", "1.2.3 1.2.3-rc", "1.2.4-alpha")]
    [InlineData("*", "0 1.2.3-rc 99.0.0", "")]
    public void Contains_Examples_AreAsNpmSays(string range, string inside, string outside)
    {
        VersionRange parsed = VersionRange.Parse(range);
        Assert.All(inside.Split(' '), version => Assert.True(parsed.Contains(version), version));
        Assert.All(outside.Split(' ', StringSplitOptions.RemoveEmptyEntries), version => Assert.False(parsed.Contains(version), version));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("new")]
    [InlineData(">=")]
    [InlineData("1.2.3.4")]
    [InlineData("1.2-rc")]
    [InlineData("1..2")]
    [InlineData("-1")]
    [InlineData(">=1 || <0")]
    [InlineData("* 1")]
    [InlineData("1.2.3-")]
    [InlineData("4294967295")]
    public void Parse_Nonsense_IsRefused(string range)
    {
        Assert.False(VersionRange.TryParse(range, out _, out string? why));
        Assert.Contains($"got \"{range}\"", why);
        Assert.Throws<FormatException>(() => VersionRange.Parse(range));
    }

    [Fact]
    public void Contains_VersionThatNobodyKnows_OnlyWhereAllAreIn()
    {
        Assert.True(VersionRange.Parse("*").Contains((string?)null));
        Assert.False(VersionRange.Parse(">=0").Contains((string?)null));
        Assert.False(VersionRange.Parse(">=0").Contains("latest"));
    }

    [Fact]
    public void Equals_SameText_IsEqual() => Assert.Equal(VersionRange.Parse("^1"), VersionRange.Parse("^1"));

    [Fact]
    public void CompareTo_TheExampleOfTheSpecification_IsInOrder()
    {
        string[] order = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0"];
        Assert.Equal(order, order.Reverse().Select(Version).Order().Select(version => version.ToString()));
    }

    [Fact]
    public void CompareTo_IsAnOrder() => Prop.ForAll(_three, t =>
    {
        Assert.Equal(Math.Sign(t.A.CompareTo(t.B)), -Math.Sign(t.B.CompareTo(t.A)));
        Assert.Equal(t.A == t.B, t.A.CompareTo(t.B) == 0);
        Assert.False(t.A.CompareTo(t.B) <= 0 && t.B.CompareTo(t.C) <= 0 && t.A.CompareTo(t.C) > 0);
    }).Check(_config);

    [Fact]
    public void Parse_WhatAVersionPrints_IsTheVersion() => Prop.ForAll(_any, version => Assert.Equal(version, Version(version.ToString()))).Check(_config);

    [Fact]
    public void Contains_Comparisons_FollowTheOrder() => Prop.ForAll(_three, t =>
    {
        int order = t.B.CompareTo(t.A);
        Assert.Equal(order >= 0, VersionRange.Parse($">={t.A}").Contains(t.B));
        Assert.Equal(order > 0, VersionRange.Parse($">{t.A}").Contains(t.B));
        Assert.Equal(order < 0, VersionRange.Parse($"<{t.A}").Contains(t.B));
        Assert.Equal(order <= 0, VersionRange.Parse($"<={t.A}").Contains(t.B));
        Assert.Equal(order == 0, VersionRange.Parse(t.A.ToString()).Contains(t.B));
        Assert.Equal(VersionRange.Parse($">={t.A}").Contains(t.B) && VersionRange.Parse($"<{t.C}").Contains(t.B), VersionRange.Parse($">={t.A} <{t.C}").Contains(t.B));
    }).Check(_config);

    [Fact]
    public void Contains_WhatIsExact_IsInTheTildeWhichIsInTheCaretFromOneOn() => Prop.ForAll(_three, t =>
    {
        bool isInTilde = VersionRange.Parse($"~{t.A}").Contains(t.B);
        Assert.True(VersionRange.Parse($"~{t.A}").Contains(t.A));
        Assert.True(VersionRange.Parse($"^{t.A}").Contains(t.A));
        Assert.True(!isInTilde || t.A.Major == 0 || VersionRange.Parse($"^{t.A}").Contains(t.B));
        Assert.True(!isInTilde || (t.A.Major, t.A.Minor) == (t.B.Major, t.B.Minor));
    }).Check(_config);

    private static SemanticVersion Version(string text) => SemanticVersion.TryParse(text, out SemanticVersion? version) ? version : throw new FormatException(text);
}

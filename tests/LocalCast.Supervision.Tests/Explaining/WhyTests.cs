using System.Text.Json;
using static LocalCast.Supervision.Tests.Explaining.Views;

namespace LocalCast.Supervision.Tests.Explaining;

public sealed class WhyTests
{
    private static readonly NodeView _dht = One("dht: dns", SupervisedState.Waiting, 3.2) with { WaitingOn = ["dns"], History = [new Transition(In(-3.2), SupervisedState.Waiting, "prerequisite lost", "dns")] };

    private static readonly NodeView _dns = One("dns", SupervisedState.Backoff, 1) with
    {
        Reason = "signal 11",
        LastExit = new ExitStatus(139, 11, In(-1)),
        Failures = 4,
        Until = In(12.4),
        LastProbe = new ProbeReport(In(-2), IsOk: false, "connection refused\n"),
        Notes = ["no memory ceiling: cgroup v2 is not there"],
    };

    [Fact]
    public void Explain_Chain_IsToldInPlainWords()
    {
        WhyReport report = Why.Explain("dht", All(_dht, _dns), Now, name => [$"{name}: one", "two \u001b[31mred"]);
        Assert.Equal(
            """
            dht is Waiting for dns (since 3.2 s)
            ← dns is in Backoff: exit 139 by SIGSEGV (4 times), next try in 12.4 s
                last 2 lines of stderr:
                  dns: one
                  two �[31mred
                last probe, 2 s ago, failed: connection refused
                note: no memory ceiling: cgroup v2 is not there
            the last that happened to dht:
              3.2 s ago       Waiting   prerequisite lost (by dns)

            """.ReplaceLineEndings("\n"),
            report.ToString());
    }

    [Fact]
    public void Explain_Report_IsReadableForPrograms()
    {
        JsonElement json = JsonSerializer.SerializeToElement(Why.Explain("dht", All(_dht, _dns), Now, _ => ["line"]), JsonSerializerOptions.Web);
        JsonElement link = json.GetProperty("chain")[1];
        Assert.Equal("Backoff", link.GetProperty("state").GetString());
        Assert.Equal(12400, link.GetProperty("nextInMs").GetInt64());
        Assert.Equal("line", link.GetProperty("errorLines")[0].GetString());
        Assert.Equal(3200, json.GetProperty("history")[0].GetProperty("agoMs").GetInt64());
    }

    [Fact]
    public void Explain_SeveralPrerequisites_AreABranchEach()
    {
        WhyReport report = Why.Explain(
            "a",
            All(
                One("a", SupervisedState.Waiting, 1) with { WaitingOn = ["b", "c"] },
                One("b", SupervisedState.Waiting, 1) with { WaitingOn = ["d"] },
                One("c", SupervisedState.Waiting, 1) with { WaitingOn = ["d", "a"] },
                One("d", SupervisedState.Failed, 1) with { Reason = "no such file" }),
            Now,
            _ => []);
        Assert.Equal(["a 0", "b 1", "d 2", "c 1"], report.Chain.Select(link => $"{link.Node} {link.Depth}"));
    }

    [Fact]
    public void Explain_ChainOfTenThousand_IsCutAndSaysSo()
    {
        NodeView[] views = [.. Enumerable.Range(0, 10_000).Select(i => One($"n{i}", SupervisedState.Waiting, 1) with { WaitingOn = [$"n{i + 1}"] })];
        WhyReport report = Why.Explain("n0", All(views), Now, _ => []);
        Assert.Equal((100, 9901), (report.Chain.Count, report.NotShown));
        Assert.True(Why.Brief("n0", All(views), Now).Length <= 500);
    }

    [Fact]
    public void Explain_ErrorLines_AreTheLastTwentyAndOnlyOfTheUnwell()
    {
        string[] lines = [.. Enumerable.Range(0, 30).Select(i => $"{i}")];
        Assert.Equal(lines[10..], Why.Explain("dns", All(_dns), Now, _ => lines).Chain[0].ErrorLines);
        Assert.Empty(Why.Explain("x", All(One("x", SupervisedState.Ready, 1)), Now, _ => throw new InvalidOperationException("not asked for")).Chain[0].ErrorLines);
    }

    [Fact]
    public void Brief_Chain_IsOneLine()
    {
        Assert.Equal("dht is Waiting for dns (since 3.2 s) ← dns is in Backoff: exit 139 by SIGSEGV (4 times), next try in 12.4 s", Why.Brief("dht", All(_dht, _dns), Now));
        Assert.Equal("dht is Waiting for dns (since 3.2 s) ← dns is not there: the agent does not run it, and nobody joined by that name", Why.Brief("dht", All(_dht), Now));
        NodeView meshed = _dht with { Manifest = _dht.Manifest with { Requires = [_dht.Manifest.Requires[0] with { IsMeshWide = true }] } };
        Assert.Equal("dht is Waiting for dns (since 3.2 s) ← dns is not there: not on this machine, and ready on no agent of the mesh that can be reached", Why.Brief("dht", All(meshed), Now));
    }

    [Theory]
    [InlineData(SupervisedState.Disabled, "switched off", 0, "x is Disabled: switched off (since 5 s)")]
    [InlineData(SupervisedState.Waiting, "for its first call", 0, "x is Waiting: for its first call (since 5 s)")]
    [InlineData(SupervisedState.Starting, null, 25, "x is Starting (since 5 s), at most 25 s more")]
    [InlineData(SupervisedState.Ready, null, 0, "x is Ready (since 5 s)")]
    [InlineData(SupervisedState.CrashLoop, "exit 1", -1, "x is in CrashLoop: exit 1 (3 times), next try now; start tries at once")]
    [InlineData(SupervisedState.Failed, "no such file", 0, "x is Failed: no such file (3 times) (since 5 s)")]
    [InlineData(SupervisedState.Stopping, "asked by operator", 2, "x is Stopping: asked by operator (since 5 s), at most 2 s more")]
    [InlineData(SupervisedState.Completed, null, 0, "x is Completed (since 5 s)")]
    public void Brief_EachState_HasItsSentence(SupervisedState state, string? reason, double until, string sentence)
    {
        NodeView view = One("x", state, 5) with { Reason = reason, Until = until == 0 ? null : In(until), Failures = state is SupervisedState.CrashLoop or SupervisedState.Failed ? 3 : 0 };
        Assert.Equal(sentence, Why.Brief("x", All(view), Now));
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.0001, "1 ms")]
    [InlineData(0.35, "350 ms")]
    [InlineData(0.9999, "1 s")]
    [InlineData(12.44, "12.4 s")]
    [InlineData(59.96, "1 min 0 s")]
    [InlineData(252, "4 min 12 s")]
    [InlineData(11100, "3 h 5 min")]
    [InlineData(187200, "2 d 4 h")]
    public void Brief_Times_AreRounded(double seconds, string words) => Assert.Contains($"since {words})", Why.Brief("x", All(One("x", SupervisedState.Ready, seconds)), Now));
}

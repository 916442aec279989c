using static LocalCast.Supervision.Tests.Explaining.Views;

namespace LocalCast.Supervision.Tests.Explaining;

public sealed class GraphDrawingTests
{
    private static readonly IReadOnlyDictionary<string, NodeView> _nodes = All(
        One("web: api, cache soft", SupervisedState.Waiting, 1),
        One("api: dns bind, db", SupervisedState.Starting, 1),
        One("cache: dns", SupervisedState.Ready, 1),
        One("dns: far present", SupervisedState.Ready, 1),
        One("db", SupervisedState.Failed, 1),
        One("x: y", SupervisedState.Failed, 1),
        One("y: x", SupervisedState.Failed, 1));

    [Fact]
    public void Text_IsATreeFromTheTop() => Assert.Equal(
        """
        web  Waiting
        ├─ api  Starting
        │  ├─ dns (bind)  Ready
        │  │  └─ far (present)  (not run by this agent)
        │  └─ db  Failed
        └─ cache (soft)  Ready
           └─ dns  Ready  (see above)
        x  Failed
        └─ y  Failed
           └─ x  Failed  (see above)

        """.ReplaceLineEndings("\n"),
        GraphText.Of(_nodes));

    [Fact]
    public void Text_ChainOfTenThousand_IsDrawn() =>
        Assert.Equal(10_000, GraphText.Of(All([.. Enumerable.Range(0, 10_000).Select(i => One(i < 9999 ? $"n{i}: n{i + 1}" : $"n{i}", SupervisedState.Ready, 1))])).Count(c => c == '\n'));

    [Fact]
    public void Dot_NamesAreQuotedAndEdgesLeadToWhatIsRequired()
    {
        string dot = GraphDot.Of(All(One("a\"b\\c: d soft", SupervisedState.Ready, 1)));
        Assert.Equal(
            """
            digraph localcast {
              rankdir=LR;
              node [shape=box, style="rounded,filled", fontname="sans-serif"];
              "a\"b\\c" [label="a\"b\\c\nReady", fillcolor="#d5f0d5"];
              "d" [label="d\nnot run by this agent", style="rounded,dashed"];
              "a\"b\\c" -> "d" [label="soft", style=dotted];
            }

            """.ReplaceLineEndings("\n"),
            dot);
    }
}

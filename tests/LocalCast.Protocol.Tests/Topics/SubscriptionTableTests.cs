using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Protocol.Tests;

public sealed class SubscriptionTableTests
{
    private static readonly Gen<string> _topics = Gen.Elements("a", "b", "c").NonEmptyListOf().Select(tokens => string.Join('.', tokens.Take(4)));

    private static readonly Gen<string> _patterns =
        from tokens in Gen.Elements("a", "b", "c", "*").NonEmptyListOf()
        from tail in Gen.Elements("", ".>")
        from all in Gen.Frequency((9, Gen.Constant(false)), (1, Gen.Constant(true)))
        select all ? ">" : string.Join('.', tokens.Take(4)) + tail;

    private static readonly Gen<(string Pattern, int Subscriber)> _subscriptions =
        from pattern in _patterns
        from subscriber in Gen.Choose(1, 5)
        select (pattern, subscriber);

    private readonly SubscriptionTable<string> _table = new();

    [Theory]
    [InlineData("a.b", "a.b", true)]
    [InlineData("a.b", "a.c", false)]
    [InlineData("a.b", "A.B", false)]
    [InlineData("a.b", "a", false)]
    [InlineData("a.b", "a.b.c", false)]
    [InlineData("a.*", "a.b", true)]
    [InlineData("a.*", "a", false)]
    [InlineData("a.*", "a.b.c", false)]
    [InlineData("*.b", "a.b", true)]
    [InlineData("*", "a", true)]
    [InlineData("a.>", "a.b", true)]
    [InlineData("a.>", "a.b.c.d", true)]
    [InlineData("a.>", "a", false)]
    [InlineData(">", "a", true)]
    [InlineData("*.>", "a", false)]
    [InlineData("*.>", "a.b", true)]
    [InlineData(">", "localcast.nodes", false)]
    [InlineData("*.nodes", "localcast.nodes", false)]
    [InlineData("*.>", "localcast.nodes", false)]
    [InlineData("localcast.>", "localcast.nodes", true)]
    [InlineData("localcast.*", "localcast.nodes", true)]
    [InlineData(">", "localcast", true)]
    [InlineData(">", "localcaster.nodes", true)]
    public void Match_OnePattern_FollowsTheRules(string pattern, string topic, bool matches)
    {
        _table.Add(pattern, "x");

        Assert.Equal(matches, Match(topic).Count == 1);
    }

    [Fact]
    public void Match_SeveralSubscriptionsOfOne_FindsItOnce()
    {
        foreach (string pattern in (string[])["a.b", "a.*", "*.b", "*.*", "a.>", ">"])
        {
            Assert.True(_table.Add(pattern, "x"));
            Assert.False(_table.Add(pattern, "x"));
        }

        Assert.Equal(["x"], Match("a.b"));
    }

    [Fact]
    public void Remove_NotThere_IsFalseAndChangesNothing()
    {
        _table.Add("a.b.c", "x");

        Assert.False(_table.Remove("a.b.c", "y"));
        Assert.False(_table.Remove("a.b", "x"));
        Assert.False(_table.Remove("a.b.c.d", "x"));
        Assert.False(_table.Remove("z", "x"));

        Assert.Equal(["x"], Match("a.b.c"));
    }

    [Fact]
    public void Remove_OneOfTwoOnABranch_KeepsTheOther()
    {
        _table.Add("a.b", "x");
        _table.Add("a.b.c", "x");

        Assert.True(_table.Remove("a.b.c", "x"));

        Assert.Equal(["x"], Match("a.b"));
        Assert.Empty(Match("a.b.c"));
    }

    [Fact]
    public void Match_AnyTable_FindsWhatANaiveMatcherFinds() => Prop.ForAll(_subscriptions.ListOf().ToArbitrary(), _topics.ToArbitrary(), (subscriptions, topic) =>
    {
        var table = new SubscriptionTable<int>();
        subscriptions.ForEach(s => table.Add(s.Pattern, s.Subscriber));
        var found = new HashSet<int>();

        table.Match(topic, found);

        Assert.Equal(subscriptions.Where(s => NaiveMatch(s.Pattern, topic)).Select(s => s.Subscriber).Distinct().Order(), found.Order());
    }).Check(PropertyConfig.Tests(1000));

    [Fact]
    public void Remove_AllThatWasAdded_LeavesNothingBehind() => Prop.ForAll(_subscriptions.ListOf().ToArbitrary(), subscriptions =>
    {
        var table = new SubscriptionTable<int>();
        HashSet<(string Pattern, int Subscriber)> added = [.. subscriptions.Where(s => table.Add(s.Pattern, s.Subscriber))];
        Assert.Equal(added.Count, subscriptions.Distinct().Count());
        Assert.Equal(added.Count == 0, table.IsEmpty);

        Assert.All(added, s => Assert.True(table.Remove(s.Pattern, s.Subscriber)));

        Assert.True(table.IsEmpty);
    }).Check(PropertyConfig.Tests(500));

    [Fact]
    public void Match_LongestTopicAgainstAdversarialPatterns_IsQuick()
    {
        string topic = string.Join('.', Enumerable.Repeat("a", 127));
        for (int i = 0; i < 127; i++)
        {
            _table.Add(string.Join('.', Enumerable.Repeat("*", i).Append(">")), "x");
            _table.Add(string.Join('.', Enumerable.Repeat("*", i).Concat(Enumerable.Repeat("a", 127 - i))), "x");
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(["x"], Match(topic));
        }
    }

    private static bool NaiveMatch(string pattern, string topic)
    {
        string[] p = pattern.Split('.');
        string[] t = topic.Split('.');
        bool tail = p[^1] == ">";
        int fixedTokens = tail ? p.Length - 1 : p.Length;
        return (tail ? t.Length > fixedTokens : t.Length == fixedTokens)
            && Enumerable.Range(0, fixedTokens).All(i => p[i] == "*" || p[i] == t[i]);
    }

    private HashSet<string> Match(string topic)
    {
        var found = new HashSet<string>();
        _table.Match(topic, found);
        return found;
    }
}

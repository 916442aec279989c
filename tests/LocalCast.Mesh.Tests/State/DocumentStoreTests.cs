namespace LocalCast.Mesh.Tests.State;

public sealed class DocumentStoreTests
{
    private static readonly DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly MeshOptions _options = new();
    private readonly DocumentStore _store;

    public DocumentStoreTests() => _store = new DocumentStore("me", _options);

    [Theory]
    [InlineData(1, 6, true)]
    [InlineData(1, 5, false)]
    [InlineData(1, 4, false)]
    [InlineData(2, 1, true)]
    [InlineData(0, 9, false)]
    public void Accept_SecondVersion_OnlyWhenNewer(ulong boot, ulong seq, bool isTaken)
    {
        _store.Accept(Document("a", 1, 5), At(0));

        Assert.Equal(isTaken ? DocumentVerdict.Accepted : DocumentVerdict.Old, _store.Accept(Document("a", boot, seq), At(1)));
        Assert.True(_store.TryFind("a", out AgentDocument? kept));
        Assert.Equal(isTaken ? (boot, seq) : (1ul, 5ul), (kept.Boot, kept.Seq));
    }

    [Fact]
    public void Accept_OwnId_IsNeverTaken()
    {
        Assert.Equal(DocumentVerdict.Own, _store.Accept(Document("me", 9, 9), At(0)));
        Assert.False(_store.TryFind("me", out _));
    }

    [Fact]
    public void Accept_BootInTheFuture_IsRefused() => Assert.Equal(DocumentVerdict.Refused, _store.Accept(Document("a", ulong.MaxValue, 1), At(0)));

    [Theory]
    [InlineData("")]
    [InlineData("a@b")]
    [InlineData("a\nb")]
    public void Accept_IdThatIsNone_IsRefused(string id) => Assert.Equal(DocumentVerdict.Refused, _store.Accept(Document(id, 1, 1), At(0)));

    [Fact]
    public void Accept_ManyNeighbours_IsRefused() => Assert.Equal(DocumentVerdict.Refused, _store.Accept(
        Document("a", 1, 1) with { Neighbours = [.. Enumerable.Range(0, 5000).Select(i => new DocumentNeighbour { Id = $"n{i}", Cost = 1 })] },
        At(0)));

    [Fact]
    public void Accept_NoRoomAndAllReachable_IsRefused()
    {
        _options.MostDocuments = 2;
        Take("a", 0);
        Take("b", 0);
        _store.Mark(_ => true, At(0).Now);

        Assert.Equal(DocumentVerdict.Refused, _store.Accept(Document("c", 1, 1), At(0)));
        _store.Mark(id => id == "b", At(1).Now);
        Assert.Equal(DocumentVerdict.Accepted, _store.Accept(Document("c", 1, 1), At(1)));
        Assert.False(_store.TryFind("a", out _));
    }

    [Fact]
    public void Expire_Unreachable_AfterAMinute()
    {
        Take("a", 0);
        _store.Mark(_ => true, At(0).Now);
        _store.Mark(_ => false, At(10).Now);

        _store.Expire(At(69).Now);
        Assert.True(_store.TryFind("a", out _));
        _store.Expire(At(70).Now);
        Assert.False(_store.TryFind("a", out _));
    }

    [Fact]
    public void Left_IsRememberedSoThatAnOldCopyDoesNotBringItBack()
    {
        Take("a", 0);
        _store.Mark(_ => true, At(0).Now);

        Assert.Equal(DocumentVerdict.Accepted, _store.Accept(Document("a", 1, 2) with { Left = true }, At(1)));
        Assert.False(_store.IsReachable("a"));
        Assert.Equal(["a"], _store.Mark(_ => true, At(1).Now).Lost);
        _store.Expire(At(300).Now);
        Assert.Equal(DocumentVerdict.Old, _store.Accept(Document("a", 1, 1), At(300)));
        _store.Expire(At(700).Now);
        Assert.False(_store.TryFind("a", out _));
    }

    [Fact]
    public void Digest_DependsOnWhatIsReachableAndNotOnItsOrder()
    {
        var other = new DocumentStore("me", _options);
        AgentDocument own = Document("me", 1, 1);
        foreach (string id in (string[])["a", "b", "c"])
        {
            Take(id, 0);
        }

        foreach (string id in (string[])["c", "a", "b"])
        {
            other.Accept(Document(id, 1, 1), At(0));
        }

        _store.Mark(_ => true, At(0).Now);
        other.Mark(_ => true, At(0).Now);
        Assert.Equal(_store.Digest(own), other.Digest(own));
        other.Accept(Document("a", 1, 2), At(0));
        Assert.NotEqual(_store.Digest(own), other.Digest(own));
        other.Mark(id => id != "b", At(0).Now);
        Assert.NotEqual(_store.Digest(own), other.Digest(own));
        _store.Accept(Document("a", 1, 2), At(0));
        Assert.NotEqual(_store.Digest(own), other.Digest(own));
        _store.Mark(id => id != "b", At(0).Now);
        Assert.Equal(_store.Digest(own), other.Digest(own));
    }

    private static MeshTime At(int seconds) => new(TimeSpan.FromSeconds(seconds), _wall.AddSeconds(seconds));

    private static AgentDocument Document(string id, ulong boot, ulong seq) => new() { Id = id, Boot = boot, Seq = seq };

    private void Take(string id, int seconds) => Assert.Equal(DocumentVerdict.Accepted, _store.Accept(Document(id, 1, 1), At(seconds)));
}

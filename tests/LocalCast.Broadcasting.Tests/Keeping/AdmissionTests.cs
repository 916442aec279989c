using System.IO.Pipelines;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class AdmissionTests : KeeperTest
{
    private static readonly Admission _notYet = new(0, Refusal: new ErrorInfo(LocalCastError.Forbidden, "not yet known"), IsProvisional: true);

    [Fact]
    public async Task Hello_IsJudgedWithTokenAndTheSystemsPid()
    {
        await using var listener = new ListenerWithPeer(77);
        Hub.Listen(listener);
        RawParticipant dns = Keep(new JsonParticipant(await listener.Inner.ConnectAsync(default)));

        await dns.JoinAsync("dns", """
            "instance":"i5","pid":66
            """);

        Assert.Equal(["admit dns 77 i5"], Kept.Asked);
        Assert.Equal(66, Hub.Participants.Single().Pid);
    }

    [Fact]
    public async Task Hello_Refused_GetsTheKeepersError()
    {
        Kept.OnAdmit = (_, _, _) => new Admission(0, Refusal: new ErrorInfo(LocalCastError.Forbidden, "'dns' is another process"));
        RawParticipant thief = await ConnectAsync();

        await thief.SendAsync(RawParticipant.Hello("dns"));

        Assert.Equal("'dns' is another process", (await thief.ExpectGoodbyeAsync(LocalCastError.Forbidden)).Message);
        Assert.Empty(Kept.News);
        Assert.Equal(1, Hub.Counters.RefusedHellos);
    }

    [Fact]
    public async Task Hello_RefusedForNow_WaitsUntilTheKeeperKnows()
    {
        Admission answer = _notYet;
        Kept.OnAdmit = (_, _, _) => answer;
        RawParticipant dns = await ConnectAsync();
        await dns.SendAsync(RawParticipant.Hello("dns"));
        await UntilAsync(() => Hub.Census.Claims == 1);
        Time.Advance(Agent.Options.ClaimProbe / 2);
        Assert.Empty(Kept.News);

        answer = new Admission(4);

        await Agent.AdvanceUntilAsync(dns.ExpectAsync(MessageType.HelloAck));
        await UntilToldAsync("arrived dns 4", "ready dns 4");
        Assert.Equal(0, Hub.Census.Claims);
    }

    [Fact]
    public async Task Hello_RefusedForNowAndTheKeeperNeverKnows_IsRefused()
    {
        Kept.OnAdmit = (_, _, _) => _notYet;
        RawParticipant dns = await ConnectAsync();
        await dns.SendAsync(RawParticipant.Hello("dns"));

        Task<ErrorInfo> goodbye = dns.ExpectGoodbyeAsync(LocalCastError.Forbidden);
        await Agent.AdvanceUntilAsync(goodbye);

        Assert.Equal("not yet known", (await goodbye).Message);
        Assert.True(Time.GetTimestamp() >= Agent.Options.ClaimProbe.Ticks);
        Assert.Equal(1, Hub.Counters.RefusedHellos);
    }

    [Fact]
    public async Task Hello_LeavesWhileTheKeeperDoesNotKnow_IsForgotten()
    {
        Admission answer = _notYet;
        Kept.OnAdmit = (_, _, _) => answer;
        RawParticipant dns = await ConnectAsync();
        await dns.SendAsync(RawParticipant.Hello("dns"));
        await UntilAsync(() => Hub.Census.Claims == 1);

        await LeaveAsync(dns);

        await UntilAsync(() => Hub.Census.Claims == 0);
        answer = new Admission(4);
        await JoinInstanceAsync("dns", 4);
        await UntilToldAsync("arrived dns 4", "ready dns 4");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\\u0001b")]
    [InlineData("long")]
    public async Task Instance_ThatIsNoToken_IsRefused(string instance)
    {
        RawParticipant dns = await ConnectAsync();

        await dns.SendAsync(RawParticipant.Hello("dns", $"\"instance\":\"{(instance == "long" ? new string('x', 129) : instance)}\""));

        Assert.Contains("instance", (await dns.ExpectGoodbyeAsync(LocalCastError.BadRequest)).Message);
        Assert.Empty(Kept.Asked);
    }

    [Fact]
    public async Task News_OfASession_ComeInOrderWithItsTag()
    {
        RawParticipant dns = await JoinInstanceAsync("dns", 4, "\"ready\":false");
        await UntilToldAsync("arrived dns 4");

        await ReadyAsync(dns);
        await ReadyAsync(dns); // twice is once
        await LeaveAsync(dns);

        await UntilToldAsync("arrived dns 4", "ready dns 4", "left dns 4 Disconnected");
    }

    [Fact]
    public async Task News_OfOthers_HaveNoTagAndOfClientsNoReady()
    {
        await JoinAsync("dns");
        await JoinAsync("asker", "\"role\":\"client\"");

        await UntilToldAsync("arrived dns 0", "ready dns 0", "arrived asker 0");
    }

    [Fact]
    public async Task News_WhileManyComeAndGo_EachComesInItsOrder()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (int round = 0; round < 20; round++)
            {
                await using RawParticipant node = await Agent.JoinAsync($"node{i}", isJson: round % 2 == 0);
                await node.SendAsync("""{"type":"goodbye"}""");
                await node.ExpectEndAsync();
            }
        })));

        await UntilAsync(() => Kept.News.Count == 8 * 20 * 3);
        foreach (IGrouping<string, string> node in Kept.News.GroupBy(news => news.Split(' ')[1]))
        {
            Assert.Equal(Enumerable.Repeat((string[])["arrived", "ready", "left"], 20).SelectMany(all => all), node.Select(news => news.Split(' ')[0]));
        }
    }

    [Fact]
    public async Task KeeperThatThrows_HurtsNobody()
    {
        var defect = new InvalidOperationException("a defect");
        Kept.OnAdmit = (_, _, _) => throw defect;
        Kept.OnNews = _ => throw defect;
        Kept.OnWake = _ => throw defect;
        Kept.OnExplain = _ => throw defect;
        Kept.OnCall = _ => throw defect;
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(Call("absent", 1));
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        await caller.SendAsync("""{"type":"call","id":"2","to":"localcast","data":{"method":"why"}}""");
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Internal);
        await (await BystandersAsync())();

        Assert.All(Agent.Log.TakeAll().Where(entry => entry.Exception is not null), entry => Assert.Equal(("KeeperDefect", defect), (entry.Name, entry.Exception)));
        Assert.Equal(6, Kept.News.Count);
        Kept.OnNews = _ => { };
    }

    /// <summary>A transport in memory whose peers are a process of the test's choice.</summary>
    private sealed class ListenerWithPeer(int pid) : IByteListener
    {
        public MemoryTransport Inner { get; } = new();

        public string Address => Inner.Address;

        public async ValueTask<IByteConnection?> AcceptAsync(CancellationToken cancellationToken) =>
            await Inner.AcceptAsync(cancellationToken) is { } connection ? new WithPeer(connection, new PeerIdentity(pid, 0)) : null;

        public ValueTask DisposeAsync() => Inner.DisposeAsync();
    }

    private sealed class WithPeer(IByteConnection inner, PeerIdentity peer) : IByteConnection
    {
        public PipeReader Input => inner.Input;

        public bool ReadsBlock => inner.ReadsBlock;

        public PeerIdentity? Peer => peer;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => inner.WriteAsync(bytes);

        public void Abort() => inner.Abort();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

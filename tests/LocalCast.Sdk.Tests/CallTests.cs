using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

public abstract class CallTests(TestPlace place) : NodeTest(place)
{
    private LocalNode _caller = null!;
    private LocalNode _dns = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _caller = await JoinAsync("caller");
        _dns = await JoinAsync("dns");
    }

    [Fact]
    public async Task Handle_EveryArityAndKind_ReturnsToTheCaller()
    {
        _dns.Handle("f0", () => 1);
        _dns.Handle("f1", (int a) => a);
        _dns.Handle("f2", (int a, string b) => $"{a}{b}");
        _dns.Handle("f3", (int a, int b, int c, CancellationToken _) => a + b + c);
        _dns.Handle("t0", () => Task.FromResult("t"));
        _dns.Handle("t1", async (string key, CancellationToken ct) =>
        {
            await Task.Delay(1, ct);
            return key;
        });
        _dns.Handle("v2", (int a, int b) => ValueTask.FromResult(a * b));
        _dns.Handle("nothing", (string _) => Task.CompletedTask);
        int seen = 0;
        _dns.Handle("action", (int a) => { seen = a; });

        Assert.Equal(1, await _caller.CallAsync<int>("dns", "f0").DefaultTimeout());
        Assert.Equal(7, await _caller.CallAsync<int>("dns", "f1", [7]).DefaultTimeout());
        Assert.Equal("1x", await _caller.CallAsync<string>("dns", "f2", [1, "x"]).DefaultTimeout());
        Assert.Equal(6, await _caller.CallAsync<int>("dns", "f3", [1, 2, 3]).DefaultTimeout());
        Assert.Equal("t", await _caller.CallAsync<string>("dns", "t0").DefaultTimeout());
        Assert.Equal("key", await _caller.CallAsync<string>("dns", "t1", ["key"]).DefaultTimeout());
        Assert.Equal(42, await _caller.CallAsync<int>("dns", "v2", [6, 7]).DefaultTimeout());
        Assert.Null(await _caller.CallAsync<string?>("dns", "nothing", ["x"]).DefaultTimeout());
        await _caller.CallAsync("dns", "action", [9]).DefaultTimeout();
        Assert.Equal(9, seen);
    }

    [Theory]
    [InlineData("too few")]
    [InlineData("too many", 1, 2, 3)]
    [InlineData("wrong type", "x", 2)]
    [InlineData("null for a number", null, 2)]
    public async Task Call_WrongArguments_IsBadRequestAndTheHandlerDoesNotRun(string _, params object?[] arguments)
    {
        bool ran = false;
        _dns.Handle("add", (int a, int b) =>
        {
            ran = true;
            return a + b;
        });

        await FailsAsync(LocalCastError.BadRequest, () => _caller.CallAsync<int>("dns", "add", arguments).AsTask());

        Assert.False(ran);
    }

    [Fact]
    public async Task Call_HandlerThrows_SaysWhat()
    {
        _dns.Handle("sync", int () => throw new InvalidOperationException("the zone is locked"));
        _dns.Handle("async", async Task<int> () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("the zone is locked");
        });
        _dns.Handle("named", int () => throw new LocalCastException(LocalCastError.RateLimited, "slowly"));

        foreach (string method in (string[])["sync", "async"])
        {
            LocalCastException e = await FailsAsync(LocalCastError.HandlerFailed, () => _caller.CallAsync<int>("dns", method).AsTask());
            Assert.Contains("the zone is locked", e.Message);
            Assert.Contains("InvalidOperationException", e.Error.DataJson);
            Assert.DoesNotContain("   at ", e.Message);
        }

        Assert.Equal("slowly", (await FailsAsync(LocalCastError.RateLimited, () => _caller.CallAsync<int>("dns", "named").AsTask())).Message);
    }

    [Fact]
    public async Task Call_HandlerThrowsAWholeBook_IsCutToWhatFits()
    {
        _dns.Handle("verbose", int () => throw new InvalidOperationException(new string('☃', 2_000_000)));
        _dns.Handle("named", int () => throw new LocalCastException(new ErrorInfo(LocalCastError.Busy, new string('x', 100_000)) { DataJson = $"\"{new string('x', 100_000)}\"" }));

        await FailsAsync(LocalCastError.HandlerFailed, () => _caller.CallAsync<int>("dns", "verbose").AsTask());
        await FailsAsync(LocalCastError.Busy, () => _caller.CallAsync<int>("dns", "named").AsTask());
        Assert.Equal(NodeState.Ready, _dns.State);
    }

    [Fact]
    public async Task Call_HandlerReturnsSomethingUnserializable_IsHandlerFailed()
    {
        _dns.Handle("type", () => typeof(string));
        _dns.Handle("cycle", () =>
        {
            var cycle = new Cycle();
            return cycle.Self = cycle;
        });

        await FailsAsync(LocalCastError.HandlerFailed, () => _caller.CallAsync<string>("dns", "type").AsTask());
        await FailsAsync(LocalCastError.HandlerFailed, () => _caller.CallAsync<string>("dns", "cycle").AsTask());
        _dns.Handle("fine", () => 1);
        Assert.Equal(1, await _caller.CallAsync<int>("dns", "fine").DefaultTimeout());
    }

    [Fact]
    public async Task Call_ResultOfAnotherType_IsBadRequestAtTheCaller()
    {
        _dns.Handle("text", () => "text");

        await FailsAsync(LocalCastError.BadRequest, () => _caller.CallAsync<int>("dns", "text").AsTask());
    }

    [Fact]
    public async Task Call_HandlerNeverReturns_TimesOutAndItsTokenIsCancelled()
    {
        var cancelled = new TaskCompletionSource();
        _dns.Handle("hang", async (CancellationToken ct) =>
        {
            await UntilCancelledAsync(ct);
            cancelled.SetResult();
            return 1;
        });

        await FailsAsync(LocalCastError.Timeout, () => _caller.CallAsync<int>("dns", "hang", timeout: TimeSpan.FromMilliseconds(50)).AsTask());

        await cancelled.Task.DefaultTimeout();
    }

    [Fact]
    public async Task Call_Cancelled_TravelsToTheHandler()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        _dns.Handle("hang", async (CancellationToken ct) =>
        {
            started.SetResult();
            await UntilCancelledAsync(ct);
            cancelled.SetResult();
            return 1;
        });
        using var cancellation = new CancellationTokenSource();
        Task<int> call = _caller.CallAsync<int>("dns", "hang", cancellationToken: cancellation.Token).AsTask();
        await started.Task.DefaultTimeout();

        await cancellation.CancelAsync();

        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.DefaultTimeout());
        Assert.Equal(cancellation.Token, e.CancellationToken);
        await cancelled.Task.DefaultTimeout();
    }

    [Fact]
    public async Task Call_TokenIsCancelledAlready_NeverLeaves()
    {
        bool ran = false;
        _dns.Handle("m", () => ran = true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _caller.CallAsync<bool>("dns", "m", cancellationToken: new CancellationToken(canceled: true)));

        Assert.True(await _caller.CallAsync<bool>("dns", "m").DefaultTimeout());
        Assert.True(ran);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e12)]
    public async Task Call_TimeoutThatIsNone_IsRefused(double milliseconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _caller.CallAsync<int>("dns", "m", timeout: TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("stop")]
    [InlineData("start")]
    [InlineData("configure")]
    public async Task Call_MethodThatIsRefusedByDefault_NeedsAnOptIn(string method)
    {
        LocalNode open = await JoinAsync("open", o => o.Allow(method));
        open.Handle(method, () => "done");
        _dns.Handle(method, () => "done");

        await FailsAsync(LocalCastError.Forbidden, () => _caller.CallAsync<string>("dns", method).AsTask());

        Assert.Equal("done", await _caller.CallAsync<string>("open", method).DefaultTimeout());
    }

    [Fact]
    public async Task Call_NobodyOrNothing_FailsByName()
    {
        LocalCastException e = await FailsAsync(LocalCastError.NodeNotFound, () => _caller.CallAsync<int>("nobody", "m").AsTask());
        Assert.Contains("nobody", e.Message);
        e = await FailsAsync(LocalCastError.MethodNotFound, () => _caller.CallAsync<int>("dns", "toString").AsTask());
        Assert.Contains("toString", e.Message);
    }

    [Fact]
    public async Task Handle_AddedJustAfterJoining_IsFoundByACallThatCameBefore()
    {
        LocalNode late = await JoinAsync("late");
        Task<int> call = _caller.CallAsync<int>("late", "m").AsTask();
        await _caller.CallAsync<System.Text.Json.JsonElement>("localcast", "ps").DefaultTimeout(); // the agent has passed the call on by now

        late.Handle("m", () => 5);

        Assert.Equal(5, await call.DefaultTimeout());
        Assert.Contains("m", (await _caller.ListAsync().DefaultTimeout()).Single(d => d.Name == "late").Methods!);
    }

    [Fact]
    public async Task Call_AThousandAtOnce_EachGetsItsOwnAnswer()
    {
        _dns.Handle("echo", async (int i, CancellationToken ct) =>
        {
            if (i % 3 == 0)
            {
                await Task.Delay(i % 20, ct);
            }

            return i;
        });

        int[] answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => _caller.CallAsync<int>("dns", "echo", [i]).AsTask())).DefaultTimeout();

        Assert.Equal(Enumerable.Range(0, 1000), answers);
    }

    [Fact]
    public async Task Handler_ThatBlocksItsThread_HoldsUpNothing()
    {
        using var release = new ManualResetEventSlim();
        _dns.Handle("block", () =>
        {
            release.Wait(TimeSpan.FromSeconds(30));
            return 1;
        });
        _dns.Handle("quick", (int i) => i);
        Task<int> blocked = _caller.CallAsync<int>("dns", "block").AsTask();

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(i, await _caller.CallAsync<int>("dns", "quick", [i]).DefaultTimeout());
        }

        Assert.False(blocked.IsCompleted);
        release.Set();
        Assert.Equal(1, await blocked.DefaultTimeout());
    }

    [Fact]
    public async Task Caller_ThatBlocksOnAnotherCallInItsContinuation_DoesNotDeadlock()
    {
        _dns.Handle("echo", (int i) => i);

        Task<int> chain = Task.Run(async () =>
        {
            int sum = 0;
            for (int i = 0; i < 50; i++)
            {
                sum += await _caller.CallAsync<int>("dns", "echo", [1]).ConfigureAwait(false);
                sum += _caller.CallAsync<int>("dns", "echo", [1]).AsTask().GetAwaiter().GetResult();
            }

            return sum;
        });

        Assert.Equal(100, await chain.DefaultTimeout());
    }

    [Fact]
    public async Task Handler_ThatCallsBack_IsServed()
    {
        _dns.Handle("ask", async (string name) => await _dns.CallAsync<string>(name, "who"));
        _caller.Handle("who", () => "me");

        Assert.Equal("me", await _caller.CallAsync<string>("dns", "ask", ["caller"]).DefaultTimeout());
    }

    [Fact]
    public async Task Call_TooLarge_FailsByNameAndHarmsNobody()
    {
        string large = new('x', 2 * 1024 * 1024);
        _dns.Handle("large", () => large);
        _dns.Handle("size", (string text) => text.Length);

        await FailsAsync(LocalCastError.TooLarge, () => _caller.CallAsync<int>("dns", "size", [large]).AsTask());
        await FailsAsync(LocalCastError.TooLarge, () => _caller.CallAsync<string>("dns", "large").AsTask());
        await FailsAsync(LocalCastError.TooLarge, () => _caller.CallBytesAsync("dns", "size", new byte[large.Length]).AsTask());

        Assert.Equal(1_000_000, await _caller.CallAsync<int>("dns", "size", [new string('x', 1_000_000)]).DefaultTimeout());
        Assert.Equal((NodeState.Ready, NodeState.Ready), (_caller.State, _dns.State));
    }

    [Fact]
    public async Task CallBytes_AnySize_ComesBackWhole()
    {
        _dns.HandleBytes("reverse", (bytes, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(bytes.ToArray().Reverse().ToArray()));
        foreach (int size in (int[])[0, 1, 64, 100_000, 1_000_000])
        {
            byte[] sent = new byte[size];
            new Random(size).NextBytes(sent);
            byte[] answer = await _caller.CallBytesAsync("dns", "reverse", sent).DefaultTimeout();
            Assert.True(answer.AsSpan().SequenceEqual(sent.Reverse().ToArray()));
        }

        _dns.Handle("json", (int i) => i);
        await FailsAsync(LocalCastError.BadRequest, () => _caller.CallBytesAsync("dns", "json", new byte[] { 1 }).AsTask());
    }

    [Fact]
    public async Task Context_OfACall_SaysWhoCallsAndHowLong()
    {
        string from = "";
        TimeSpan? timeout = null;
        CallContext kept = default;
        _dns.AddHandler("who", call =>
        {
            (from, timeout, kept) = (call.From, call.Timeout, call);
            return ValueTask.CompletedTask;
        });

        await _caller.CallAsync("dns", "who", timeout: TimeSpan.FromSeconds(7)).DefaultTimeout();

        Assert.Equal("caller", from);
        Assert.InRange(timeout!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(7));
        await UntilAsync(() => Record.Exception(() => kept.From) is InvalidOperationException); // it has ended
    }

    [Fact]
    public async Task Handle_SameMethodTwice_IsRefused()
    {
        _dns.Handle("m", () => 1);

        Assert.Throws<InvalidOperationException>(() => _dns.Handle("m", () => 2));
        Assert.Equal(1, await _caller.CallAsync<int>("dns", "m").DefaultTimeout());
    }

    // Not a registration of the handler's own: the delay resumes the handler while the token is still being cancelled, and what the handler disposes of then is never told.
    private static async Task UntilCancelledAsync(CancellationToken token) =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, token));

    private sealed class Cycle
    {
        public Cycle? Self { get; set; }
    }
}

public sealed class CallTestsInMemory() : CallTests(new TestPlace.Memory());

public sealed class CallTestsOnAPipe() : CallTests(new TestPlace.Pipe());

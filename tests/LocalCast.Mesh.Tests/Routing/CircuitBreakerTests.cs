using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class CircuitBreakerTests
{
    private static readonly NodeDescription _echo = new() { Name = "echo", State = "Ready", Pid = 1 };
    private static readonly ErrorInfo _busy = new(LocalCastError.Busy, "no room");
    private readonly MeshPair _mesh = new(options => options.CircuitFailures = 3);
    private long _lastRequest;
    private Envelope? _sent;

    public CircuitBreakerTests() => _mesh.Join("a", [_echo]);

    [Fact]
    public void FailedTooOften_NothingIsSentAndTheCallerHearsWhenToTryAgain()
    {
        Fail(3);

        Assert.Equal(LocalCastError.Busy, Call().Error!.Code);
        Assert.Empty(_mesh.TakeAll("a"));
        ErrorInfo error = _mesh.Of<AnswerRequest>()[^1].Answer.Error!;
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromMilliseconds(900), TimeSpan.FromSeconds(1));
        Assert.Contains("no room", error.Message, StringComparison.Ordinal);
        Assert.Equal("circuit_open", Assert.Single(_mesh.Of<MeshNotice>(), notice => notice.Name.StartsWith("circuit", StringComparison.Ordinal)).Name);
        Assert.Equal(LocalCastError.Busy, _mesh.Machine.RouteTo("echo", _mesh.Time).Error!.Code);
    }

    [Fact]
    public void FailuresWithASuccessBetween_DoNotAddUp()
    {
        Fail(2);
        Answer(null);
        Fail(2);

        Assert.True(Call().IsSent);
    }

    [Theory]
    [InlineData(LocalCastError.HandlerFailed)]
    [InlineData(LocalCastError.MethodNotFound)]
    [InlineData(LocalCastError.NoRoute)]
    public void ErrorsThatSpeakOfTheCallOrOfTheWay_DoNotOpenIt(LocalCastError code)
    {
        for (int i = 0; i < 10; i++)
        {
            Answer(new ErrorInfo(code, "x"));
        }

        Assert.True(Call().IsSent);
    }

    [Fact]
    public void PauseOver_OneCallIsLetThrough_ItsSuccessClosesTheCircuit()
    {
        Fail(3);
        _mesh.Pass(TimeSpan.FromSeconds(1.1));

        (bool isSent, _) = Call();
        Assert.True(isSent);
        Assert.False(Call().IsSent);
        Reply(null);
        Assert.True(Call().IsSent);
        Assert.True(Call().IsSent);
    }

    [Fact]
    public void PauseOver_TheOneCallFails_ThePauseDoubles()
    {
        Fail(3);
        _mesh.Pass(TimeSpan.FromSeconds(1.1));
        Answer(_busy);
        _mesh.Pass(TimeSpan.FromSeconds(1.1));
        Assert.False(Call().IsSent);
        _mesh.Pass(TimeSpan.FromSeconds(1));
        Assert.True(Call().IsSent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PauseOver_CallsFromBeforeEnd_SayNothingOfTheOne(bool isCancelled)
    {
        Call();
        (long request, Envelope before) = (_lastRequest, _sent!);
        Fail(3);
        _mesh.Pass(TimeSpan.FromSeconds(1.1));
        Assert.True(Call().IsSent);
        Envelope probe = _sent!;

        if (isCancelled)
        {
            _mesh.Act(m => m.Cancel(request, _mesh.Time));
        }
        else
        {
            _sent = before;
            Reply(_busy);
        }

        // Neither is another one let through, nor has the pause begun anew: the answer to the one is what counts.
        Assert.False(Call().IsSent);
        _sent = probe;
        Reply(_busy);
        _mesh.Pass(TimeSpan.FromSeconds(2.1));
        Assert.True(Call().IsSent);
    }

    [Fact]
    public void PauseOver_TheOneCallIsCancelled_AnotherIsLetThrough()
    {
        Fail(3);
        _mesh.Pass(TimeSpan.FromSeconds(1.1));
        Assert.True(Call().IsSent);
        _mesh.Act(m => m.Cancel(_lastRequest, _mesh.Time));

        Assert.True(Call().IsSent);
    }

    [Fact]
    public void Timeouts_OpenIt_ButNotThoseOfAnImpatientCaller()
    {
        for (int i = 0; i < 10; i++)
        {
            Call(deadlineMs: 100);
            _mesh.Pass(TimeSpan.FromMilliseconds(150));
        }

        for (int i = 0; i < 3; i++)
        {
            Assert.True(Call(deadlineMs: 2000).IsSent);
            _mesh.Pass(TimeSpan.FromSeconds(2.1));
        }

        Assert.False(Call().IsSent);
    }

    [Fact]
    public void AnotherHasTheNode_ItGetsTheCalls()
    {
        _mesh.Join("b", [_echo]);
        for (int i = 0; i < 3; i++)
        {
            Call();
            Reply(_busy);
            Reply(null, "b");
        }

        Assert.False(Call().IsSent);
        Assert.Single(_mesh.TakeAll("b"));
        Assert.Equal("b", _mesh.Machine.RouteTo("echo", _mesh.Time).Target!.Value.Agent);
        Assert.Single(_mesh.Machine.RouteTo("echo", _mesh.Time).LeftAlone);
    }

    [Fact]
    public void NodeStartedAnew_IsCalledAtOnce()
    {
        Fail(3);
        Assert.False(Call().IsSent);
        _mesh.SayDocument("a", MeshTrafficTests.Document("a", "me") with { Seq = 2, Nodes = [_echo with { Pid = 2 }] });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));

        Assert.True(Call().IsSent);
    }

    private (bool IsSent, ErrorInfo? Error) Call(uint deadlineMs = 5000)
    {
        int before = _mesh.Of<AnswerRequest>().Length;
        _mesh.Act(m => m.Call(++_lastRequest, new Envelope { Type = MessageType.Call, To = "echo", From = "x", DeadlineMs = deadlineMs }, _mesh.Time));
        Envelope? sent = _mesh.TakeAll("a").SingleOrDefault(message => message.Type == MessageType.Call);
        _sent = sent ?? _sent;
        AnswerRequest[] answers = _mesh.Of<AnswerRequest>();
        return (sent is not null, answers.Length > before ? answers[^1].Answer.Error : null);
    }

    private void Reply(ErrorInfo? error, string by = "a")
    {
        Envelope call = by == "a" ? _sent! : Assert.Single(_mesh.TakeAll(by));
        _mesh.Say(by, new Envelope { Type = MessageType.Result, From = $"echo@{by}", To = call.From, ReplyTo = call.Id, Error = error, Route = [by], Ttl = 10 });
    }

    private void Answer(ErrorInfo? error)
    {
        Assert.True(Call().IsSent);
        Reply(error);
    }

    private void Fail(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Answer(_busy);
        }
    }
}

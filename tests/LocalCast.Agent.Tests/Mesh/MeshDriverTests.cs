using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>What the machine wants is done in its order, by one thread at a time, whoever tells it something.</summary>
public sealed class MeshDriverTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _performed = [];
    private readonly List<Exception> _failures = [];
    private readonly MeshDriver _driver;
    private Action<long> _perform;
    private int _settledBy;

    public MeshDriverTests()
    {
        var random = new Random(1);
        var machine = new MeshMachine(new MeshSelf { Id = "here", Name = "here", Network = "test", Boot = 1 }, new MeshOptions(), new AddressBook(random), new MisbehaviourLedger(), random);
        _driver = new MeshDriver(machine, _time) { Perform = Perform, Failed = _failures.Add };
        _perform = _performed.Add;
    }

    [Fact]
    public async Task Do_OfManyThreads_IsDoneInOrderByOneAtATime()
    {
        List<long> told = [];
        int inside = 0;
        int most = 0;
        _perform = number =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            _performed.Add(number);
            Interlocked.Decrement(ref inside);
        };

        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++)
            {
                _driver.Do((told, Number: (thread * 5000L) + i), static (machine, what, _) =>
                {
                    what.told.Add(what.Number); // under the driver's lock
                    machine.RoomAgain(what.Number);
                });
            }
        }))).DefaultTimeout();
        await SettledAsync();

        Assert.Equal(1, most);
        Assert.Equal(told, _performed);
    }

    [Fact]
    public void Do_WhileItIsDone_IsTakenInAndDoneBehind()
    {
        int depth = 0;
        _perform = number =>
        {
            Assert.Equal(1, ++depth);
            _performed.Add(number);
            if (_performed.Count < 100)
            {
                Wake(_performed.Count);
            }

            depth--;
        };

        Wake(0);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), _performed);
        Assert.Empty(_failures);
    }

    [Fact]
    public void Tell_WithoutSettle_IsNotDoneYet()
    {
        _driver.Tell(1L, static (machine, number, _) => machine.RoomAgain(number));
        Assert.Empty(_performed);

        _driver.Settle();

        Assert.Equal([1], _performed);
    }

    [Fact]
    public void Done_LeadsToMore_IsCalledAgainBehindThat()
    {
        List<int> doneAt = [];
        _driver.Done = () =>
        {
            doneAt.Add(_performed.Count);
            if (doneAt.Count == 1)
            {
                Wake(2);
            }
        };

        Wake(1);

        Assert.Equal([1, 2], doneAt);
    }

    [Fact]
    public void Perform_Throws_TheNextIsDone()
    {
        _perform = number =>
        {
            _performed.Add(number);
            throw new InvalidOperationException($"{number}");
        };
        _driver.Done = () => throw new InvalidOperationException("done");

        Wake(1);
        Wake(2);

        Assert.Equal([1, 2], _performed);
        Assert.Equal(["1", "done", "2", "done"], _failures.Select(failure => failure.Message));
    }

    /// <summary>It may be a participant's thread that only meant to send something.</summary>
    [Fact]
    public async Task Settle_OthersFeedItForEver_LetsTheThreadGo()
    {
        bool hasReturned = false;
        _perform = _ =>
        {
            if (!Volatile.Read(ref hasReturned))
            {
                Wake(0);
            }
        };

        await Task.Run(() => Wake(0)).DefaultTimeout();
        Volatile.Write(ref hasReturned, true);

        await SettledAsync();
    }

    [Fact]
    public void Tick_SomethingThrows_GoesOn()
    {
        int ticks = 0;
        _driver.Ticking = () => throw new InvalidOperationException($"{++ticks}");
        _driver.Start();

        _time.Advance(TimeSpan.FromMilliseconds(2100));

        Assert.Equal(["1", "2", "3"], _failures.Select(failure => failure.Message));
    }

    [Fact]
    public async Task Tick_TheLastOneTakesLong_IsLeftOut()
    {
        int ticks = 0;
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        _driver.Ticking = () =>
        {
            ticks++;
            began.TrySetResult();
            goOn.Wait(TimeSpan.FromSeconds(20));
        };
        _driver.Start();
        Task first = Task.Run(() => _time.Advance(TimeSpan.Zero));
        await began.Task.DefaultTimeout();

        _driver.TickSoon();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(1, ticks);
        goOn.Set();
        await first.DefaultTimeout();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.InRange(ticks, 2, 30);
    }

    /// <summary>Who asks for a tick may hold locks that all of the hub waits for.</summary>
    [Fact]
    public async Task TickSoon_TheMachineIsBusy_DoesNotWaitForIt()
    {
        List<TimeSpan> ticks = StartAndListTicks();
        Run(until: 100);
        ticks.Clear();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var busy = Task.Run(() => _driver.Ask(0, (_, _, _) =>
        {
            began.SetResult();
            goOn.Wait(TimeSpan.FromSeconds(20));
            return 0;
        }));
        await began.Task.DefaultTimeout();

        try
        {
            await Task.Run(_driver.TickSoon).DefaultTimeout();
        }
        finally
        {
            goOn.Set();
        }

        await busy.DefaultTimeout();
        Run(until: 150);
        Assert.NotEmpty(ticks);
    }

    [Fact]
    public async Task Stop_NoTickFollows()
    {
        int ticks = 0;
        _driver.Ticking = () => ticks++;
        _driver.Start();
        _time.Advance(TimeSpan.FromMilliseconds(1100));
        int before = ticks;

        await _driver.StopAsync().DefaultTimeout();
        _driver.TickSoon();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal((2, 2), (before, ticks));
    }

    [Fact]
    public void Tick_NothingToDo_IsSeldom_AndAtOnceWhenThereIs()
    {
        List<TimeSpan> ticks = StartAndListTicks();
        Run(until: 10_200);
        Assert.Equal(11, ticks.Count);

        _driver.Do(0, static (machine, _, now) => machine.SetNodes([new Protocol.NodeDescription { Name = "n" }], now));
        Run(until: 10_200);

        Assert.Equal(12, ticks.Count); // the change is told to others in it
    }

    [Fact]
    public void TickSoon_AgainAndAgain_EveryFiftyMilliseconds()
    {
        List<TimeSpan> ticks = StartAndListTicks();
        for (int ms = 510; ms <= 700; ms += 10)
        {
            Run(until: ms);
            _driver.TickSoon();
        }

        Assert.Equal([0, 510, 560, 610, 660], ticks.Select(tick => tick.TotalMilliseconds));
    }

    [Fact]
    public void Do_WhileItIsDone_TheTimeIsToldWhenItIsDue()
    {
        List<TimeSpan> ticks = StartAndListTicks();
        Run(until: 300);
        _perform = _ =>
        {
            _driver.Do(0, static (machine, _, now) => machine.SetNodes([new Protocol.NodeDescription { Name = "n" }], now));
            Run(until: 310);
            Assert.Equal(2, ticks.Count); // before what is done here is done
        };

        Wake(1);

        Assert.Empty(_failures);
        Assert.Equal(2, ticks.Count);
    }

    private List<TimeSpan> StartAndListTicks()
    {
        List<TimeSpan> ticks = [];
        _driver.Ticking = () => ticks.Add(TimeSpan.FromTicks(_time.GetTimestamp()));
        _driver.Start();
        Run(until: 0);
        return ticks;
    }

    private void Run(int until) => _time.Advance(TimeSpan.FromMilliseconds(until) - TimeSpan.FromTicks(_time.GetTimestamp()));

    private void Perform(MeshEffect effect)
    {
        long number = Assert.IsType<WakeLink>(effect).Link;
        if (number < 0)
        {
            _settledBy = Environment.CurrentManagedThreadId;
        }
        else
        {
            _perform(number);
        }
    }

    private void Wake(long number) => _driver.Do(number, static (machine, which, _) => machine.RoomAgain(which));

    /// <summary>Waits until nobody is at it: then what this thread tells is done by this thread.</summary>
    private async Task SettledAsync()
    {
        for (int attempt = 0; attempt < 10_000; attempt++)
        {
            _settledBy = 0;
            Wake(-1);
            if (_settledBy == Environment.CurrentManagedThreadId)
            {
                return;
            }

            await Task.Delay(1);
        }

        Assert.Fail("it is never settled");
    }
}

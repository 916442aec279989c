using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>One connection: in order in each direction, late by its delay, and gone when it is cut.</summary>
internal sealed class SimulatedLink(SimulatedNetwork network, SimulatedAgent dialler, SimulatedAgent acceptor, TimeSpan delay)
{
    private readonly TimeSpan[] _lastArrival = new TimeSpan[2];
    private readonly TimeSpan[] _freeAt = new TimeSpan[2];
    private readonly bool[] _isPumping = new bool[2];
    private readonly List<Action> _held = [];
    private bool _isCut;
    private bool _isStalled;

    public SimulatedAgent Dialler { get; } = dialler;

    public SimulatedAgent Acceptor { get; } = acceptor;

    public long DiallerNumber { get; } = network.NextNumber();

    public long AcceptorNumber { get; } = network.NextNumber();

    /// <summary>How many bytes pass per second; 0: any number.</summary>
    public int BytesPerSecond { get; init; }

    public bool Joins(SimulatedAgent one, SimulatedAgent other) => (Dialler == one && Acceptor == other) || (Dialler == other && Acceptor == one);

    public void Open(string address)
    {
        Dialler.Start(Acceptor.Address, this, machine => machine.LinkOpened(DiallerNumber, LinkDirection.Outbound, address, null, Dialler.Time));
        Acceptor.Start(Acceptor.Address, this, machine => machine.LinkOpened(AcceptorNumber, LinkDirection.Inbound, $"ws://from-{Dialler.Id}:1", null, Acceptor.Time));
    }

    /// <summary>Sends what the machine has for this link, as fast as the link takes it.</summary>
    public void Pump(SimulatedAgent from)
    {
        int way = from == Dialler ? 0 : 1;
        if (_isPumping[way] || _isCut)
        {
            return;
        }

        while (_freeAt[way] <= network.Clock.Now && from.Machine?.TryTake(NumberOf(from), out Envelope? message) == true)
        {
            int size = Measure.SizeOf(message);
            network.Count(message, size);
            if (BytesPerSecond > 0)
            {
                _freeAt[way] = network.Clock.Now + TimeSpan.FromSeconds((double)size / BytesPerSecond);
            }

            TimeSpan arrival = _freeAt[way] > network.Clock.Now ? _freeAt[way] : network.Clock.Now;
            arrival += delay * (1 + (network.Random.NextDouble() / 5));
            _lastArrival[way] = arrival > _lastArrival[way] ? arrival : _lastArrival[way];
            SimulatedAgent to = Other(from);
            network.Clock.At(_lastArrival[way], () => Arrive(to, message, size));
        }

        if (_freeAt[way] > network.Clock.Now)
        {
            _isPumping[way] = true;
            network.Clock.At(_freeAt[way], () =>
            {
                _isPumping[way] = false;
                Pump(from);
            });
        }
    }

    /// <summary>One end closes in order: what it sent before arrives first.</summary>
    public void Close(SimulatedAgent by, ErrorInfo reason)
    {
        Pump(by);
        int way = by == Dialler ? 0 : 1;
        TimeSpan arrival = _lastArrival[way] > network.Clock.Now ? _lastArrival[way] : network.Clock.Now + delay;
        SimulatedAgent other = Other(by);
        by.Forget(this, reason);
        network.Clock.At(arrival, () => Cut(other, reason));
    }

    /// <summary>The connection breaks; each end learns of it after the delay.</summary>
    public void Break(TimeSpan noticeAfter)
    {
        _isCut = true;
        var reason = new ErrorInfo(LocalCastError.Disconnected, "the connection broke");
        network.Remove(this);
        network.Clock.After(noticeAfter, () => Dialler.Forget(this, reason));
        network.Clock.After(noticeAfter, () => Acceptor.Forget(this, reason));
    }

    /// <summary>Nothing passes any more and nobody is told.</summary>
    public void FallSilent() => _isCut = true;

    /// <summary>Nothing arrives any more, not even that an end closes, and nobody is told: a line that is cut in silence.</summary>
    public void Stall() => _isStalled = true;

    /// <summary>The line is mended: what was under way arrives, one after the other, and what is sent now behind it.</summary>
    public void Resume()
    {
        if (!_isStalled)
        {
            return;
        }

        _isStalled = false;
        TimeSpan at = network.Clock.Now;
        foreach (Action arrival in _held)
        {
            at += delay;
            network.Clock.At(at, arrival);
        }

        Array.Fill(_lastArrival, at);
        _held.Clear();
    }

    public long NumberOf(SimulatedAgent agent) => agent == Dialler ? DiallerNumber : AcceptorNumber;

    public SimulatedAgent Other(SimulatedAgent agent) => agent == Dialler ? Acceptor : Dialler;

    private void Cut(SimulatedAgent end, ErrorInfo reason)
    {
        if (_isStalled)
        {
            _held.Add(() => Cut(end, reason));
            return;
        }

        _isCut = true;
        network.Remove(this);
        end.Forget(this, reason);
    }

    private void Arrive(SimulatedAgent to, Envelope message, int size)
    {
        if (_isStalled)
        {
            _held.Add(() => Arrive(to, message, size));
        }
        else if (!_isCut)
        {
            to.Act(machine => machine.Received(NumberOf(to), message, size, to.Time), this);
        }
    }
}

using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>The calls that one connection has brought in: accepts or refuses them, knows which run, cancels them.</summary>
internal sealed class CallHandling(LinkSession session)
{
    private const int MostNamed = 20;
    private const int MostLetters = 64;

    private readonly Dictionary<uint, IncomingCall> _running = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource? _drained;

    private LocalNodeOptions Options => session.Node.Options;

    /// <summary>Takes a call in, on the reading thread.</summary>
    /// <returns>The call to run, or <see langword="null"/> when it is refused and answered.</returns>
    public IncomingCall? Accept(in Packet packet)
    {
        if (session.Node.State == NodeState.Draining)
        {
            session.SendResultError(packet.Sequence, new(LocalCastError.NodeNotReady, $"'{session.Node.Name}' is leaving"));
            return null;
        }

        if (!Options.Methods.TryFind(packet.Method, out MethodTable.Entry? method))
        {
            return RefuseUnknown(packet);
        }

        if (!Options.IsAllowed(method.Name))
        {
            session.SendResultError(packet.Sequence, new(LocalCastError.Forbidden, $"'{method.Name}' is refused unless the node opts in"));
            return null;
        }

        var call = IncomingCall.Rent(session, method, session.Node.Names.Find(packet.From, packet.FromName), packet);
        lock (_lock)
        {
            if (_running.Count < Options.MaxConcurrentHandlers)
            {
                _running[call.Sequence] = call;
                return call;
            }
        }

        session.SendResultError(packet.Sequence, new(LocalCastError.Busy, $"'{session.Node.Name}' handles {Options.MaxConcurrentHandlers} calls already"));
        return null;
    }

    /// <summary>A caller gave up.</summary>
    public void Cancel(uint sequence)
    {
        CancellationTokenSource? cancellation = null;
        lock (_lock)
        {
            if (_running.TryGetValue(sequence, out IncomingCall? call))
            {
                cancellation = call.TakeCancellation();
            }
        }

        // On the pool: what the token sets off is the handler's code.
        _ = cancellation?.CancelAsync();
    }

    /// <summary>The connection ended: nobody waits for any of them.</summary>
    public void CancelAll()
    {
        uint[] sequences;
        lock (_lock)
        {
            sequences = [.. _running.Keys];
        }

        foreach (uint sequence in sequences)
        {
            Cancel(sequence);
        }
    }

    public void Ended(IncomingCall call)
    {
        lock (_lock)
        {
            _running.Remove(call.Sequence);
            if (_running.Count == 0)
            {
                _drained?.TrySetResult();
            }
        }
    }

    /// <summary>Completes when no call runs.</summary>
    public Task WhenDrainedAsync()
    {
        lock (_lock)
        {
            return _running.Count == 0 ? Task.CompletedTask : (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The methods that may be called, as the end of a sentence: whoever mistook a name sees which one was meant.</summary>
    private string WhatItHas()
    {
        string[] names = [.. Options.Methods.Names.Where(name => Options.IsAllowed(name))];
        return names.Length == 0 ? ": it has none"
            : $"; it has {string.Join(", ", names.Take(MostNamed).Select(name => name.Length <= MostLetters ? name : name[..MostLetters] + "…"))}{(names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : "")}";
    }

    private IncomingCall? RefuseUnknown(in Packet packet)
    {
        string name = Encoding.UTF8.GetString(packet.Method);
        if (!Options.IsAllowed(name))
        {
            session.SendResultError(packet.Sequence, new(LocalCastError.Forbidden, $"'{name}' is refused unless the node opts in"));
        }
        else if (!session.Parked.TryPark(packet))
        {
            session.SendResultError(packet.Sequence, new(LocalCastError.MethodNotFound, $"'{session.Node.Name}' has no method '{name}'{WhatItHas()}"));
        }

        return null;
    }
}

using System.Collections.Concurrent;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>What the agent itself asks of the mesh, not one of its participants.</summary>
internal sealed class MeshQuestions(MeshDriver driver)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<Envelope>> _asked = new();
    private long _last; // its numbers go down from -1: those above are the hub's
    private volatile bool _hasEnded;

    /// <summary>Waits until a node that fits has shown by an answer that it lives.</summary>
    /// <returns>Whether one did within the time.</returns>
    public async Task<bool> ShowsItselfAsync(string name, Predicate<NodeDescription> fits, TimeSpan freshness, TimeSpan within)
    {
        long number = Interlocked.Decrement(ref _last);
        var answered = new TaskCompletionSource<Envelope>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = answered;
        if (_hasEnded)
        {
            End();
        }

        driver.Do((number, name, fits, freshness, within), static (machine, ask, now) => machine.RequireOne(ask.number, ask.name, ask.fits, now.Now + ask.within, ask.freshness, now));
        return (await answered.Task.ConfigureAwait(false)).Error is null;
    }

    /// <summary>Takes an answer, unless it is one for a participant.</summary>
    public bool TryTake(AnswerRequest answer)
    {
        bool isOwn = answer.Request < 0;
        if (isOwn && _asked.TryRemove(answer.Request, out TaskCompletionSource<Envelope>? asked))
        {
            asked.TrySetResult(answer.Answer);
        }

        return isOwn;
    }

    /// <summary>There is no mesh any more: nobody waits for ever.</summary>
    public void End()
    {
        _hasEnded = true;
        foreach (long number in _asked.Keys)
        {
            TryTake(new AnswerRequest(number, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.Disconnected, "the agent leaves the mesh") }));
        }
    }
}

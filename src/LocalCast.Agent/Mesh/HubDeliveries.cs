using System.Collections.Concurrent;
using System.Globalization;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>What participants of other agents want of this machine's: handed to the hub, and its answers to the machine of the mesh. Hot path.</summary>
internal sealed class HubDeliveries(HubConnection hub, MeshDriver driver, MeshPings pings)
{
    private readonly ConcurrentDictionary<uint, (long Handle, string Node)> _served = new();
    private long _dropped;

    /// <summary>How many messages of others this machine's participants did not get, because the hub was behind, since this was last asked.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    /// <summary>A node of this machine is to be called.</summary>
    public void Call(DeliverCall call)
    {
        uint number = (uint)call.Handle;
        Envelope message = call.Call.To is { Length: > 0 } ? call.Call : call.Call with { To = NodeName.Agent };
        _served[number] = (call.Handle, message.To!);
        if (hub.TrySend(message, number) is { } error && _served.TryRemove(number, out _))
        {
            Answer(call.Handle, new Envelope { Type = MessageType.Result, Error = error });
        }
    }

    /// <summary>The caller of a call gave up.</summary>
    public void Cancel(CancelDelivered cancel)
    {
        if (_served.TryRemove((uint)cancel.Handle, out (long, string Node) served))
        {
            hub.SendAnswer(new Envelope { Type = MessageType.Cancel, To = served.Node, ReplyTo = ((uint)cancel.Handle).ToString(CultureInfo.InvariantCulture) });
        }
    }

    /// <summary>A publication is for this machine.</summary>
    public void Publish(DeliverPublication publication)
    {
        uint number = (uint)publication.Handle;
        if (number != 0)
        {
            _served[number] = (publication.Handle, "");
        }

        if (hub.TrySend(publication.Publication, number) is not { } error)
        {
            return;
        }

        Interlocked.Increment(ref _dropped);
        if (_served.TryRemove(number, out _))
        {
            Answer(publication.Handle, new Envelope { Type = MessageType.Ack, Error = error });
        }
    }

    /// <summary>A participant elsewhere asks who is there, or asks one node.</summary>
    public void Ping(Envelope ping)
    {
        if (hub.TrySend(ping with { Id = pings.Enter(ping.From ?? "", ping.Id ?? "", isForOne: ping.To is not null) }) is { } error && ping.To is not null)
        {
            Refuse(ping, error);
        }
    }

    /// <summary>A message of a type that the mesh does not know. One that it does know is not for participants.</summary>
    public void Pass(Envelope message)
    {
        if (message.Type == MessageType.Other && hub.TrySend(message) is { } error)
        {
            Interlocked.Increment(ref _dropped);
            Refuse(message, error);
        }
    }

    /// <summary>A participant of this machine answers, or the hub does in its place.</summary>
    public void Answered(Envelope message)
    {
        switch (message.Type)
        {
            case MessageType.Ack when message is { To: { Length: > 0 }, Error: not null }:
                driver.Tell(message, static (machine, refusal, now) => machine.Send(refusal, now)); // a message of a type that only participants know
                break;
            case MessageType.Ack when message.Error is not null && pings.TryFind(message.ReplyTo ?? "", out MeshPings.Asked asked):
                if (asked.IsForOne)
                {
                    driver.Tell(message with { To = asked.Asker, ReplyTo = asked.Id }, static (machine, refusal, now) => machine.Send(refusal, now));
                }

                break;
            case MessageType.Result or MessageType.Ack when TryServed(message, out long handle):
                driver.Tell((handle, message), static (machine, answer, now) => machine.AnswerCall(answer.handle, answer.message, now));
                break;
            case MessageType.Pong when pings.TryFind(message.ReplyTo ?? "", out MeshPings.Asked ping):
                driver.Tell(message with { To = ping.Asker, ReplyTo = ping.Id, Id = null }, static (machine, pong, now) => machine.Send(pong, now));
                break;
            default:
                break; // acknowledgements that nobody asked for, and the hub's goodbye
        }
    }

    /// <summary>The hub has ended: whoever elsewhere waits for this machine's participants hears it at once.</summary>
    public void End(ErrorInfo reason)
    {
        foreach (uint number in _served.Keys)
        {
            if (_served.TryRemove(number, out (long Handle, string Node) served))
            {
                Answer(served.Handle, new Envelope { Type = MessageType.Result, Error = reason });
            }
        }
    }

    private bool TryServed(Envelope answer, out long handle)
    {
        handle = uint.TryParse(answer.ReplyTo, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            && _served.TryRemove(number, out (long Handle, string Node) served) ? served.Handle : 0;
        return handle != 0;
    }

    private void Answer(long handle, Envelope answer) =>
        driver.Do((handle, answer), static (machine, what, now) => machine.AnswerCall(what.handle, what.answer, now));

    private void Refuse(Envelope message, ErrorInfo error)
    {
        if (message.Id is not null)
        {
            var refusal = new Envelope { Type = MessageType.Ack, From = NodeName.Agent, To = message.From, ReplyTo = message.Id, Error = error };
            driver.Do(refusal, static (machine, what, now) => machine.Send(what, now));
        }
    }
}

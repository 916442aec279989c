using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>What participants of this machine want of others: told to the machine of the mesh, and its answers to the hub. Hot path.</summary>
/// <param name="hub">The connection to the hub.</param>
/// <param name="driver">The machine of the mesh.</param>
/// <param name="directory">Whom a channel means.</param>
/// <param name="pings">Discoveries under way.</param>
/// <param name="refuse">Tells a participant that a message of its went nowhere.</param>
/// <param name="generation">Which connection to the hub it is: numbers of the hub begin anew with each, and an answer to the last one's is nobody's in this one.</param>
internal sealed class HubRequests(HubConnection hub, MeshDriver driver, MeshDirectory directory, MeshPings pings, Action<string, string?, ErrorInfo> refuse, int generation)
{
    /// <summary>Beyond it all are forgotten, above all those that have left: who is not remembered is not slowed, and the link's bound holds for it all the same.</summary>
    private const int MostSlowed = 1024;

    private readonly ConcurrentDictionary<Channel, bool> _slowed = new();

    /// <summary>Whether anything that a participant handed over since this was last asked of it met a link that is nearly full.</summary>
    public bool TakeCongestion(Channel sender) => !_slowed.IsEmpty && _slowed.TryRemove(sender, out _);

    /// <summary>A participant wants something.</summary>
    /// <returns><see langword="false"/> when the message is no request.</returns>
    public bool TryTell(Envelope message)
    {
        long request = uint.TryParse(message.Id, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? RequestOf(number) : 0;
        switch (message.Type)
        {
            case MessageType.Call:
                Produce(message.From, (request, Named(message)), static (machine, call, now) => machine.Call(call.request, call.Item2, now));
                return true;
            case MessageType.Cancel when uint.TryParse(message.ReplyTo, NumberStyles.None, CultureInfo.InvariantCulture, out uint cancelled):
                driver.Tell(RequestOf(cancelled), static (machine, which, now) => machine.Cancel(which, now));
                return true;
            case MessageType.Publish:
                Produce(message.From, (request, message), static (machine, publication, now) => machine.Publish(publication.request, publication.message, now));
                return true;
            case MessageType.Ping:
                driver.Tell((pings.EnterOwn(message.From ?? "", message.Id ?? ""), Named(message)), static (machine, ping, now) => machine.Ping(ping.Item1, ping.Item2, now));
                return true;
            case MessageType.Require:
                Require(request, message);
                return true;
            case MessageType.Other:
                Produce(message.From, message, static (machine, other, now) => machine.Send(other, now));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The answer to what a participant wanted.</summary>
    public void Answer(AnswerRequest answer)
    {
        if (pings.TryFindOwn(answer.Request, out (string Asker, string Id) ping))
        {
            if (answer.Answer.Error is { } error)
            {
                refuse(ping.Asker, ping.Id, error); // how many are asked, the hub has said itself
            }
        }
        else if (answer.Request >> 32 == generation && (uint)answer.Request is > 0 and var number)
        {
            hub.SendAnswer(answer.Answer, number);
        }
    }

    /// <summary>A node elsewhere answered a participant of this machine.</summary>
    public void Pong(DeliverPong pong)
    {
        if (pings.TryFindOwn(pong.Request, out (string Asker, string Id) ping))
        {
            hub.TrySend(pong.Pong with { To = ping.Asker, ReplyTo = ping.Id, Id = null });
        }
    }

    /// <summary>The hub has ended, and has told its participants so: nobody waits for what they wanted, and others need not work on it.</summary>
    public void End() => driver.Do(generation, static (machine, ended, now) => machine.CancelAll(request => request >> 32 == ended && (uint)request > 0, now));

    private long RequestOf(uint number) => ((long)generation << 32) | number;

    private void Produce<T>(string? sender, T what, Action<MeshMachine, T, MeshTime> tell)
    {
        if (driver.TellAndSee(what, tell, static machine => machine.HasMetCongestion))
        {
            if (_slowed.Count >= MostSlowed)
            {
                _slowed.Clear();
            }

            _slowed[Channel.OfName(sender)] = true;
        }
    }

    private void Require(long request, Envelope message)
    {
        RequireData? data = JsonSerializer.Deserialize(message.Payload.Span, ControlJson.Default.RequireData);
        var within = TimeSpan.FromMilliseconds(message.DeadlineMs ?? 30_000);
        TimeSpan? freshness = data!.FreshnessMs is > 0 and < int.MaxValue and var ms ? TimeSpan.FromMilliseconds(ms) : null;
        driver.Tell((request, data.Names, within, freshness), static (machine, require, now) => machine.Require(require.request, require.Names, now.Now + require.within, require.freshness, now));
    }

    /// <summary>Who says only a channel means the node that has it.</summary>
    private Envelope Named(Envelope message) => Channel.TryParse(message.To, out Channel channel) && directory.NameOf(channel) is { } name ? message with { To = name } : message;
}

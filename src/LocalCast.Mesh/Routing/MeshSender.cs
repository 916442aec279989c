using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Sends messages that begin at this agent.</summary>
internal sealed class MeshSender(MeshView view, MeshOutput output)
{
    /// <summary>The agents that a message to many is for, by line.</summary>
    public const string ManyHeader = "mesh-to";

    /// <summary>Less than the optional fields of a packet may take.</summary>
    private const int MostManyCharacters = 32 * 1024;

    /// <summary>Sends to one agent.</summary>
    /// <returns>Why it could not, and the link otherwise.</returns>
    public (PeerLink? Link, ErrorInfo? Error) Send(string agent, Envelope message, LinkTraffic traffic, PeerLink? by = null) =>
        SendBegun(agent, EnvelopeCopy.Begin(message, view), traffic, by);

    /// <summary>Sends to one agent what bears its time to live and its route already.</summary>
    public (PeerLink? Link, ErrorInfo? Error) SendBegun(string agent, Envelope message, LinkTraffic traffic, PeerLink? by = null)
    {
        if ((by is { Stage: LinkStage.Open } ? by : view.LinkTo(agent)) is not { } link)
        {
            return (null, view.WhyNoWay(agent));
        }

        return output.Send(link, message, traffic) is { } error ? (null, error) : (link, null);
    }

    /// <summary>Why a message is not sent at all: nobody would take it.</summary>
    public static ErrorInfo? WhyTooLarge(Envelope message, MeshOptions options) => message.Payload.Length > options.MostMessageBytes
        ? new ErrorInfo(LocalCastError.TooLarge, $"{message.Payload.Length} bytes of payload; at most {options.MostMessageBytes} pass the mesh")
        : null;

    /// <summary>Sends to many agents: over each link once, with the agents that lie that way.</summary>
    public void SendToMany(IEnumerable<string> agents, Envelope message) =>
        Spread(agents, EnvelopeCopy.Begin(message, view));

    /// <summary>Passes a message on to those of its agents that lie elsewhere.</summary>
    public void Spread(IEnumerable<string> agents, Envelope message)
    {
        foreach (IGrouping<PeerLink?, string> way in agents.Where(agent => agent != view.Self.Id).GroupBy(view.LinkTo))
        {
            // While agents disagree about a change, the way may lead back to where the message has been.
            if (way.Key is null || message.Route?.Contains(way.Key.PeerId) == true)
            {
                output.Notice("no_route", string.Join(',', way), message.Spelling);
                continue;
            }

            foreach (string list in Lists(way))
            {
                if (output.Send(way.Key, EnvelopeCopy.WithHeader(message, ManyHeader, list), LinkTraffic.Topic) is not null)
                {
                    output.Notice("dropped", way.Key, message.Spelling);
                }
            }
        }
    }

    public static IReadOnlyList<string> AgentsOf(Envelope message) =>
        message.Headers is { } headers && headers.TryGetValue(ManyHeader, out string? list) ? list.Split('\n') : [];

    private static IEnumerable<string> Lists(IEnumerable<string> agents)
    {
        var list = new System.Text.StringBuilder();
        foreach (string agent in agents)
        {
            if (list.Length + agent.Length >= MostManyCharacters)
            {
                yield return list.ToString();
                list.Clear();
            }

            list.Append(list.Length == 0 ? "" : "\n").Append(agent);
        }

        yield return list.ToString();
    }
}

using LocalCast.Broadcasting;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Agent.Mesh;

/// <summary>Translates between the hub of this machine and the machine of the mesh, over one connection: requests of participants out, calls and publications of others in. Hot path.</summary>
internal sealed class HubBridge : IFrameHandler
{
    private readonly MeshDriver _driver;
    private readonly HubConnection _connection;
    private ErrorInfo? _reason;

    /// <summary>Translates over a connection that the hub gave.</summary>
    /// <param name="hub">The connection.</param>
    /// <param name="options">The hub's bounds.</param>
    /// <param name="driver">The machine of the mesh.</param>
    /// <param name="directory">Whom a channel means.</param>
    /// <param name="pings">Discoveries under way; of all connections.</param>
    /// <param name="refuse">Tells a participant that a message of its went nowhere.</param>
    /// <param name="generation">How many connections there were before.</param>
    public HubBridge(
        IByteConnection hub, BroadcasterOptions options, MeshDriver driver, MeshDirectory directory, MeshPings pings, Action<string, string?, ErrorInfo> refuse, int generation = 0)
    {
        _driver = driver;
        _connection = new HubConnection(hub, options);
        Requests = new HubRequests(_connection, driver, directory, pings, refuse, generation);
        Deliveries = new HubDeliveries(_connection, driver, pings);
    }

    /// <summary>What this machine's participants want of others.</summary>
    public HubRequests Requests { get; }

    /// <summary>What others want of this machine's.</summary>
    public HubDeliveries Deliveries { get; }

    /// <summary>Carries what the hub hands over, until the hub ends or this end does.</summary>
    /// <returns>What the hub said last, if it did.</returns>
    public async Task<ErrorInfo?> RunAsync()
    {
        try
        {
            await _connection.RunAsync(this, _driver.Settle).ConfigureAwait(false);
        }
        finally
        {
            Deliveries.End(new ErrorInfo(LocalCastError.Disconnected, "the agent lost the way to its participants during the call"));
            Requests.End();
        }

        return _reason;
    }

    /// <summary>Ends the connection: whoever on this machine waits for others hears it at once.</summary>
    public void End() => _connection.End();

    /// <summary>Sends what was collected.</summary>
    public void Flush() => _connection.Flush();

    bool IFrameHandler.OnFrame(ReadOnlySpan<byte> body)
    {
        try
        {
            Envelope message = BinaryCodec.Decode(body);
            if (message.Type == MessageType.Goodbye)
            {
                _reason = message.Error;
            }
            else if (!Requests.TryTell(message))
            {
                Deliveries.Answered(message);
            }
        }
        catch (Exception e)
        {
            _driver.Failed(e); // whoever sent it hears nothing until its deadline; everybody else goes on
        }

        return true;
    }
}

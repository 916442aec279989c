using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls that waited go to their node: queued under the parking's lock, in order; written, and answered where that fails, after it.</summary>
internal sealed class Release
{
    private readonly Hub _hub;
    private readonly DeliveryBatch _batch;
    private readonly List<(Exchange Exchange, ErrorInfo Error)> _failed = [];

    public Release(Hub hub)
    {
        _hub = hub;
        _batch = new DeliveryBatch(hub);
        _batch.Begin();
    }

    /// <summary>Delivers a call with the time that is left.</summary>
    /// <returns>Whether it is dealt with; <see langword="false"/> when the node has left, or there is no time left to go elsewhere.</returns>
    public bool TryDeliver(ParkedCall call, Session node)
    {
        TimeSpan left = call.Deadline - _batch.Now;
        if (left <= TimeSpan.Zero)
        {
            if (node.IsUplink)
            {
                return false; // it fails for the reason why it may go elsewhere
            }

            _failed.Add((call.Exchange, Errors.DidNotCome(node.Member!.Name, "it was ready too late")));
            return true;
        }

        Packet packet = PacketDeadline.Set(call.Packet, left, isNeeded: node.IsUplink);
        Exchange exchange = call.Exchange with { BootMs = (int)Math.Min((_batch.Now - call.Since).TotalMilliseconds, int.MaxValue) };
        if (!_hub.Calls.TryDeliver(exchange, node, packet, call.Deadline, _batch, out ErrorInfo? error))
        {
            return false;
        }

        if (error is not null)
        {
            _failed.Add((call.Exchange, error));
        }

        return true;
    }

    /// <summary>Under no lock.</summary>
    public void Finish()
    {
        _batch.Flush();
        foreach ((Exchange exchange, ErrorInfo error) in _failed)
        {
            exchange.Uncount();
            Guarded.Run(_hub, () => Answer.Fail(exchange, error, batch: null));
        }
    }
}

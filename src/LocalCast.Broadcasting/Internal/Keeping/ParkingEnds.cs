using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls that wait no longer although their node does not serve: it will not come, their time is over, or their caller gave up.</summary>
/// <param name="hub">What all share.</param>
/// <param name="lot">Where they wait.</param>
/// <param name="parking">The lock of <see cref="Parking"/>, which guards the lot.</param>
internal sealed class ParkingEnds(Hub hub, ParkingLot lot, Lock parking)
{
    /// <summary>Nobody will come: what waits for a name goes to another agent that has the node, and fails where there is none. None of it was executed.</summary>
    public void Fail(string name, ErrorInfo error)
    {
        var channel = Channel.OfName(name);
        var work = new Release(hub);
        List<(string Name, ParkedCall Call)> failed = [];
        lock (parking)
        {
            lot.FailuresOf(channel)++;
            if (lot.TryFind(channel, out ParkedCalls? parked))
            {
                Session? elsewhere = hub.Uplink.InsteadOf(channel);
                int before = parked.Count;
                parked.TakeInOrder(call =>
                {
                    if (elsewhere is null || call.IsForHere || !work.TryDeliver(call, elsewhere))
                    {
                        failed.Add((parked.Name, call));
                    }

                    return true;
                });

                // Only now, and under the lock: whoever gives up finds each of them here, or where it went.
                lot.Count -= before;
                lot.RemoveIfEmpty(channel, parked);
            }
        }

        work.Finish();
        End(failed, _ => error, batch: null);
    }

    public void Expire(TimeSpan now)
    {
        foreach (IGrouping<string, (string Name, ParkedCall Call)> overdue in Take(call => call.Deadline <= now).GroupBy(call => call.Name))
        {
            string? why = hub.Keeper.Explain(overdue.Key);
            End(overdue, _ => Errors.DidNotCome(overdue.Key, why), batch: null);
        }
    }

    /// <summary>A caller gave up. What waits is cancelled here; what was delivered, where it was delivered to.</summary>
    public void Cancel(Session caller, uint sequence, string? id, DeliveryBatch batch) =>
        End(TakeOf(caller, exchange => exchange.IsNamed(sequence, id)), _ => new(LocalCastError.Cancelled, "the caller gave up"), batch);

    /// <summary>A caller left.</summary>
    public void Leave(Session caller) => TakeOf(caller, _ => true);

    private List<(string Name, ParkedCall Call)> TakeOf(Session caller, Predicate<Exchange> which) =>
        Take(call => call.Exchange.Owner == caller && which(call.Exchange));

    private List<(string Name, ParkedCall Call)> Take(Predicate<ParkedCall> which)
    {
        if (lot.Count == 0)
        {
            return [];
        }

        lock (parking)
        {
            return lot.TakeEverywhere(which);
        }
    }

    private void End(IEnumerable<(string Name, ParkedCall Call)> calls, Func<string, ErrorInfo> error, DeliveryBatch? batch)
    {
        foreach ((string name, ParkedCall call) in calls)
        {
            call.Exchange.Uncount();
            Guarded.Run(hub, () => Answer.Fail(call.Exchange, error(name), batch));
        }
    }
}

namespace LocalCast.Broadcasting.Internal;

/// <summary>
/// Makes a sender wait for a receiver that is behind but reads. One that does not read, or far too slowly, is waited for once and briefly;
/// from then on its queue fills, and what does not fit is its own loss.
/// </summary>
internal static class Stall
{
    /// <summary>How long one is slowed at a time.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan _most = TimeSpan.FromSeconds(1);

    public static async ValueTask ForAsync(Session receiver, Hub hub)
    {
        TimeSpan start = hub.Now;
        long written = receiver.Outbox.WrittenBytes;
        Task room = receiver.Outbox.WaitForRoomAsync();
        while (!room.IsCompleted && !receiver.StallsNobody && hub.Now - start < _most)
        {
            await Task.WhenAny(room, Task.Delay(Step, hub.TimeProvider)).ConfigureAwait(false);
            if (!room.IsCompleted && receiver.Outbox.WrittenBytes == written)
            {
                break;
            }

            written = receiver.Outbox.WrittenBytes;
        }

        receiver.StallsNobody |= !room.IsCompleted; // housekeeping takes it back once there is room
    }
}

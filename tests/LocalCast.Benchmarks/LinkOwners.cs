using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Benchmarks;

/// <summary>Sends back what comes.</summary>
internal sealed class EchoingOwner : IFrameLinkOwner
{
    public void Received(FrameLink link, ReadOnlySpan<byte> body) => link.Send(body);

    public void BatchEnded(FrameLink link) => link.Flush();

    public void RoomAgain(FrameLink link)
    {
        // What is in flight never fills it.
    }

    public void Malformed(FrameLink link, ErrorInfo why) => throw new InvalidDataException(why.Message);

    public void Closed(FrameLink link, ErrorInfo reason)
    {
        // The run is over.
    }
}

/// <summary>Keeps some frames under way until so many came back.</summary>
internal sealed class RepeatingOwner : IFrameLinkOwner
{
    private byte[] _frame = [];
    private TaskCompletionSource _done = new();
    private int _left;
    private int _toSend;

    public Task SendAsync(FrameLink link, byte[] frame, int frames, int together)
    {
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_frame, _left, _toSend) = (frame, frames, frames - together);
        for (int i = 0; i < together; i++)
        {
            link.Send(frame);
        }

        link.Flush();
        return _done.Task;
    }

    public void Received(FrameLink link, ReadOnlySpan<byte> body)
    {
        if (--_left == 0)
        {
            _done.SetResult();
        }
        else if (_toSend-- > 0)
        {
            link.Send(_frame);
        }
    }

    public void BatchEnded(FrameLink link) => link.Flush();

    public void RoomAgain(FrameLink link)
    {
        // What is in flight never fills it.
    }

    public void Malformed(FrameLink link, ErrorInfo why) => throw new InvalidDataException(why.Message);

    public void Closed(FrameLink link, ErrorInfo reason) => _done.TrySetException(new InvalidOperationException(reason.Message));
}

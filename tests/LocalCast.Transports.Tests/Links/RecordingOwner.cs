using System.Threading.Channels;
using LocalCast.Protocol;

namespace LocalCast.Transports.Tests;

/// <summary>Writes down what a link tells its owner.</summary>
internal sealed class RecordingOwner : IFrameLinkOwner
{
    private readonly Channel<string> _told = System.Threading.Channels.Channel.CreateUnbounded<string>();

    /// <summary>What else to do with a frame.</summary>
    public Action<FrameLink, byte[]>? OnFrame { get; init; }

    /// <summary>What to do about bytes that are no frames.</summary>
    public Action<FrameLink, ErrorInfo>? OnMalformed { get; init; }

    public ValueTask<string> NextAsync() => _told.Reader.ReadAsync();

    public void Received(FrameLink link, ReadOnlySpan<byte> body)
    {
        _told.Writer.TryWrite($"frame {Convert.ToHexStringLower(body)}");
        OnFrame?.Invoke(link, body.ToArray());
    }

    public void BatchEnded(FrameLink link)
    {
        _told.Writer.TryWrite("batch");
        link.Flush();
    }

    public void RoomAgain(FrameLink link) => _told.Writer.TryWrite("room");

    public void Malformed(FrameLink link, ErrorInfo why)
    {
        _told.Writer.TryWrite($"malformed {why.Code}");
        OnMalformed?.Invoke(link, why);
    }

    public void Closed(FrameLink link, ErrorInfo reason) => _told.Writer.TryWrite($"closed {reason.Code}: {reason.Message}");
}

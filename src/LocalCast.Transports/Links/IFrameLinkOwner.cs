using LocalCast.Protocol;

namespace LocalCast.Transports;

/// <summary>Whoever decides what a link's frames mean.</summary>
/// <remarks>All but <see cref="RoomAgain"/> come from one thread at a time, the one that received; none of it may block.</remarks>
public interface IFrameLinkOwner
{
    /// <summary>A frame came. Its bytes are gone afterwards.</summary>
    void Received(FrameLink link, ReadOnlySpan<byte> body);

    /// <summary>All frames that came together were handed over: what they caused can be sent with one flush.</summary>
    void BatchEnded(FrameLink link);

    /// <summary>After <see cref="FrameLink.CanSend"/> said no: there is room again.</summary>
    void RoomAgain(FrameLink link);

    /// <summary>What came cannot be cut into frames. The owner says what it still wants to, and closes the link; if it does not, the link ends by itself after <see cref="FrameLinkOptions.CloseTimeout"/>.</summary>
    void Malformed(FrameLink link, ErrorInfo why);

    /// <summary>The link is over. Comes once, and nothing after it.</summary>
    void Closed(FrameLink link, ErrorInfo reason);
}

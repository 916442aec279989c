using System.Net.WebSockets;
using LocalCast.Protocol;

namespace LocalCast.Transports.Internal;

/// <summary>
/// Sends frames as WebSocket messages: as binary ones, many frames in each; or, to a peer that began with text, one text message for each, without
/// its length. Hot path.
/// </summary>
internal sealed class WebSocketSender(WebSocket socket, WebSocketReceiver receiver)
{
    /// <summary>The most bytes of one message of ours; small enough for every peer, and for a keep-alive behind it.</summary>
    private const int MostPerMessage = 64 * 1024;

    private bool? _isText;
    private int _prefixBytes; // of the length that is being read, when it came in pieces
    private int _length;
    private int _leftOfFrame;

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _isText ??= receiver.StartedWithText is true;
        return _isText.Value ? SendTextsAsync(bytes)
            : bytes.Length <= MostPerMessage ? SendBinaryAsync(bytes)
            : SendManyAsync(bytes);
    }

    private ValueTask SendBinaryAsync(ReadOnlyMemory<byte> bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    private async ValueTask SendManyAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int size = Math.Min(bytes.Length, MostPerMessage);
            await SendBinaryAsync(bytes[..size]).ConfigureAwait(false);
            bytes = bytes[size..];
        }
    }

    private async ValueTask SendTextsAsync(ReadOnlyMemory<byte> bytes)
    {
        while (TryBeginFrame(ref bytes))
        {
            int size = Math.Min(bytes.Length, _leftOfFrame);
            _leftOfFrame -= size;
            await socket.SendAsync(bytes[..size], WebSocketMessageType.Text, endOfMessage: _leftOfFrame == 0, CancellationToken.None).ConfigureAwait(false);
            bytes = bytes[size..];
        }
    }

    /// <summary>Takes lengths off the front until bytes of a frame follow.</summary>
    private bool TryBeginFrame(ref ReadOnlyMemory<byte> bytes)
    {
        while (_leftOfFrame == 0 && !bytes.IsEmpty)
        {
            _length = (_length << 8) | bytes.Span[0];
            bytes = bytes[1..];
            if (++_prefixBytes == FrameReader.PrefixSize)
            {
                (_leftOfFrame, _length, _prefixBytes) = (_length, 0, 0);
            }
        }

        return !bytes.IsEmpty;
    }
}

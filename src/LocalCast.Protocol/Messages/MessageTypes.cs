using System.Text;

namespace LocalCast.Protocol;

/// <summary>The spelling of the message types.</summary>
public static class MessageTypes
{
    private static readonly string[] _names =
    [
        "", "hello", "hello_ack", "goodbye", "ping_request", "ping_response", "ping", "pong", "call", "result", "require", "required",
        "subscribe", "unsubscribe", "publish", "ack", "shutdown", "extend", "addr_request", "addr_list", "addr_announce",
        "state_seq", "state_request", "state", "cancel",
    ];

    private static readonly Dictionary<string, MessageType> _byName =
        _names.Select((name, i) => (name, i)).Skip(1).ToDictionary(p => p.name, p => (MessageType)p.i, StringComparer.Ordinal);

    /// <summary>The highest number that names a type of its own.</summary>
    public static MessageType Last => (MessageType)(_names.Length - 1);

    /// <summary>The spelling of a type that has a number of its own.</summary>
    public static string NameOf(MessageType type) => _names[(int)type];

    /// <summary>The type that a spelling means; <see cref="MessageType.Other"/> for every spelling without a number.</summary>
    public static MessageType Find(string name) => _byName.GetValueOrDefault(name, MessageType.Other);

    /// <summary>Whether a spelling in UTF-8 is that of a type with a number of its own.</summary>
    public static bool HasNumber(ReadOnlySpan<byte> utf8)
    {
        foreach (string name in _names.AsSpan(1))
        {
            if (Ascii.Equals(utf8, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a number on the wire is one that we know.</summary>
    public static bool IsKnown(MessageType type) => type == MessageType.Other || (type != MessageType.None && type <= Last);
}

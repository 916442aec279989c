using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What participants of this machine, and their messages to many, are called elsewhere.</summary>
internal sealed class OutwardNames(MeshView view)
{
    private const int Most = 4096;
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private long _lastId;

    /// <summary>The participant with its agent. Those of the last senders are remembered; there are as many as participants.</summary>
    public string Of(string? name)
    {
        if (_known.TryGetValue(name ?? "", out string? known))
        {
            return known;
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        return _known[name ?? ""] = new MeshAddress(MeshAddress.Parse(name).Node, view.Self.Id).ToString();
    }

    /// <summary>A message with its sender's outward name.</summary>
    public Envelope Of(Envelope message) => message with { From = Of(message.From) };

    /// <summary>An id with the agent's start in it: the ids of participants begin anew with each of theirs.</summary>
    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"{view.Self.Boot:x}-m{++_lastId:x}");
}

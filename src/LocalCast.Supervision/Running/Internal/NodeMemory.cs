using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>What people did to nodes and the next agent has to know: which an operator stopped, and which somebody else had started. Used on the loop.</summary>
internal sealed class NodeMemory(string path, ILogger logger, TimeProvider timeProvider) : IAsyncDisposable
{
    private const int Most = 10_000; // of each; the oldest are forgotten

    private readonly StateFile<Remembered> _file = new(path, MemoryJson.Default.Remembered, logger, timeProvider);
    private readonly OrderedDictionary<string, RememberedStop> _stops = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, RememberedForeigner> _foreigners = new(StringComparer.Ordinal);

    /// <summary>What the agent before this one knew. The stops stay remembered, also of nodes that are not there now; who had joined by itself shows itself again.</summary>
    public Remembered Recall()
    {
        Remembered last = _file.Read() ?? new Remembered();
        RememberedStop[] stops = [.. (last.Stopped ?? []).Where(stop => stop is { Node: not null, By: not null }).TakeLast(Most)];
        foreach (RememberedStop stop in stops)
        {
            _stops[stop.Node] = stop;
        }

        return new Remembered { Stopped = stops, Foreign = [.. (last.Foreign ?? []).Where(foreigner => foreigner is { Node: not null }).TakeLast(Most)] };
    }

    /// <summary>Remembers what a node's view shows.</summary>
    public void Note(NodeView view)
    {
        string node = view.Manifest.Name;
        bool hasChanged = Set(_stops, node, view.StoppedBy is { } by ? new RememberedStop(node, by) : null);
        hasChanged |= Set(_foreigners, node, view.IsForeign ? new RememberedForeigner(node, view.Pid) : null);
        if (hasChanged)
        {
            var now = new Remembered { Stopped = [.. _stops.Values], Foreign = [.. _foreigners.Values] };
            _file.Write(() => now, isUrgent: true);
        }
    }

    /// <summary>Ends when all that was noted so far is on disk, or could not be written.</summary>
    public Task WrittenAsync() => _file.WrittenAsync();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static bool Set<T>(OrderedDictionary<string, T> all, string node, T? value)
        where T : class
    {
        if (value is null)
        {
            return all.Remove(node);
        }

        if (all.TryGetValue(node, out T? known) && known.Equals(value))
        {
            return false;
        }

        all[node] = value;
        if (all.Count > Most)
        {
            all.RemoveAt(0);
        }

        return true;
    }
}

/// <summary>The file's content.</summary>
internal sealed record Remembered
{
    public IReadOnlyList<RememberedStop> Stopped { get; init; } = [];

    public IReadOnlyList<RememberedForeigner> Foreign { get; init; } = [];
}

/// <summary>That an operator stopped a node.</summary>
internal sealed record RememberedStop(string Node, string By);

/// <summary>That somebody had joined by a node's name whom the agent had not started.</summary>
internal sealed record RememberedForeigner(string Node, int? Pid);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Remembered))]
internal sealed partial class MemoryJson : JsonSerializerContext;

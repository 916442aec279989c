using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>The methods of a node, found by the bytes of their names.</summary>
internal sealed class MethodTable
{
    private readonly ConcurrentDictionary<byte[], Entry> _methods = new(Utf8Comparer.Instance);

    private int _version;

    /// <summary>Another one after every change.</summary>
    public int Version => Volatile.Read(ref _version);

    public IReadOnlyList<string> Names => [.. _methods.Values.Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Add(string name, Func<CallContext, ValueTask> handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_methods.TryAdd(Encoding.UTF8.GetBytes(name), new Entry(name, handler)))
        {
            throw new InvalidOperationException($"The method '{name}' has a handler already.");
        }

        Interlocked.Increment(ref _version);
    }

    public bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out Entry? entry) =>
        _methods.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out entry);

    internal sealed record Entry(string Name, Func<CallContext, ValueTask> Handler);
}

using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Plugins.Dht;

/// <summary>The node <c>dht</c>: <c>put(key, value)</c>, <c>put_for(key, value, seconds)</c>, <c>get(key)</c>, <c>delete(key)</c>, <c>find(key)</c>, <c>stats()</c>. Requires <c>dns</c>.</summary>
public sealed class DhtPlugin : INodePlugin
{
    private static readonly TimeSpan _lookupTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private DhtSettings _settings = new();
    private Action<string> _log = _ => { };

    private TimeSpan Now => TimeProvider.System.GetElapsedTime(_start);

    /// <inheritdoc/>
    public ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        _settings = DhtSettings.Read(context.Settings);
        _log = context.Log;
        context.Node.Requires("dns");
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        string address = await AddressAsync(node, cancellationToken).ConfigureAwait(false);
        var table = new KeyValueTable(_settings, address);
        Offer(node, table);
        _log($"{_settings.Nodes} virtual nodes, placed by the address {address}");
    }

    /// <inheritdoc/>
    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private void Offer(LocalNode node, KeyValueTable table)
    {
        node.Handle("put", (string key, JsonElement value) => Locked(() => table.Put(key, TextOf(value), ttlSeconds: null, Now)));
        node.Handle("put_for", (string key, JsonElement value, int seconds) => Locked(() => table.Put(key, TextOf(value), seconds, Now)));
        node.Handle("get", (string key) => Parse(Locked(() => table.Get(key, Now))));
        node.Handle("delete", (string key) => Locked(() => table.Delete(key, Now)));
        node.Handle("find", (string key) => Locked(() => table.Find(key)));
        node.Handle("stats", () => Locked(() => table.Stats(Now)));
    }

    /// <summary>The address of the host that the virtual nodes are on, so that those of two hosts never have the same places.</summary>
    private async Task<string> AddressAsync(LocalNode node, CancellationToken cancellationToken)
    {
        try
        {
            string[] addresses = await node.CallAsync<string[]>("dns", "resolve", [_settings.Host], _lookupTimeout, cancellationToken).ConfigureAwait(false);
            return addresses is [string first, ..] ? first : _settings.Host;
        }
        catch (LocalCastException e) when (e.Code is LocalCastError.HandlerFailed or LocalCastError.Timeout)
        {
            _log($"'{_settings.Host}' has no address ({e.Message}); its name will do");
            return _settings.Host;
        }
    }

    private T Locked<T>(Func<T> use)
    {
        lock (_lock)
        {
            return use();
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.Null
        ? throw new LocalCastException(LocalCastError.BadRequest, "null is what get returns for a key without a value; delete the key instead")
        : value.GetRawText();

    private static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

using System.Net;
using System.Net.Sockets;
using LocalCast.Protocol;

namespace LocalCast.Plugins.Dns;

/// <summary>The node <c>dns</c>: <c>resolve(name)</c>, <c>add(name, address)</c>, <c>remove(name)</c>, <c>list()</c>.</summary>
public sealed class DnsPlugin : INodePlugin, IDisposable
{
    private const int MostLookups = 16;

    private readonly AddressTable _table = new();

    // A look-up that nobody waits for any more still holds a thread of the system's resolver.
    private readonly SemaphoreSlim _lookups = new(MostLookups);
    private TimeSpan _timeout;

    /// <inheritdoc/>
    public ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = DnsSettings.Read(context.Settings);
        _timeout = TimeSpan.FromMilliseconds(settings.TimeoutMs);
        foreach ((string name, IReadOnlyList<string> addresses) in settings.Table)
        {
            foreach (string address in addresses)
            {
                _table.Add(name, address);
            }
        }

        context.Node.Handle("resolve", (string name, CancellationToken token) => ResolveAsync(name, token));
        context.Node.Handle("add", (string name, string address) => _table.Add(name, address));
        context.Node.Handle("remove", (string name) => _table.Remove(name));
        context.Node.Handle("list", () => _table.List());
        context.Log($"{_table.List().Count} names in the table; others are asked of the system, for {settings.TimeoutMs} ms at most");
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _lookups.Dispose();

    private async Task<string[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (_table.Find(name) is { } known)
        {
            return known;
        }

        if (!await _lookups.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            throw new LocalCastException(new ErrorInfo(LocalCastError.Busy, $"{MostLookups} look-ups are under way") { RetryAfter = TimeSpan.FromMilliseconds(100) });
        }

        Task<string[]> lookup = LookUpAsync(name);
        try
        {
            return await lookup.WaitAsync(_timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LocalCastException(LocalCastError.Timeout, $"the system did not resolve '{name}' within {_timeout.TotalMilliseconds} ms");
        }
    }

    private async Task<string[]> LookUpAsync(string name)
    {
        try
        {
            IPAddress[] addresses = await System.Net.Dns.GetHostAddressesAsync(name).ConfigureAwait(false);
            return [.. addresses.Select(address => address.ToString()).Distinct()];
        }
        catch (SocketException e)
        {
            throw new LocalCastException(LocalCastError.HandlerFailed, $"'{name}' has no address: {e.Message}", e);
        }
        finally
        {
            _lookups.Release();
        }
    }
}

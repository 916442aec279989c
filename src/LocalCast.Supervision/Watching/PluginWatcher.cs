using LocalCast.Supervision.Internal;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>Looks after changes of manifests and watched files, and has the nodes concerned reloaded.</summary>
public sealed class PluginWatcher : IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(300);

    private readonly IReadOnlyList<string> _directories;
    private readonly Supervisor _supervisor;
    private readonly Func<Task> _reload;
    private readonly ILogger _logger;
    private readonly ChangeWatch _watch = new(_quiet);
    private readonly PeriodicTimer _timer;
    private readonly Task _watching;
    private HashSet<string> _watched = new(StringComparer.Ordinal); // by nodes, at the last look

    /// <summary>Begins to watch.</summary>
    /// <param name="directories">The folders of plugin folders.</param>
    /// <param name="supervisor">Whose nodes are reloaded.</param>
    /// <param name="reload">Reads all manifests anew.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    public PluginWatcher(IReadOnlyList<string> directories, Supervisor supervisor, Func<Task> reload, TimeProvider timeProvider, ILogger logger)
    {
        (_directories, _supervisor, _reload, _logger) = (directories, supervisor, reload, logger);
        _timer = new PeriodicTimer(_interval, timeProvider);
        _watching = Task.Run(WatchAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching.ConfigureAwait(false);
    }

    private async Task WatchAsync()
    {
        do
        {
            try
            {
                await LookAsync().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                SupervisorLog.Defect(_logger, e); // the next look may do better
            }
        }
        while (await _timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false));
    }

    private async Task LookAsync()
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        NodeManifest[] manifests = [.. _supervisor.Views.Values.Select(view => view.Manifest)];
        foreach (NodeManifest manifest in manifests)
        {
            foreach (string path in manifest.Reload.Watch)
            {
                owners.TryAdd(Path.GetFullPath(path, manifest.Folder), manifest.Name);
            }
        }

        Dictionary<string, long> stamps = new(StringComparer.Ordinal);
        foreach (string path in Manifests().Concat(manifests.SelectMany(manifest => manifest.Run.EnvironmentFiles)).Concat(owners.Keys))
        {
            if (FileStamps.Of(path) is { } stamp)
            {
                stamps[path] = stamp;
            }
        }

        foreach (string path in owners.Keys.Where(path => !_watched.Contains(path)))
        {
            _watch.Begin(path, stamps.TryGetValue(path, out long stamp) ? stamp : null, _supervisor.Now); // a new node was started with what is there
        }

        _watched = [.. owners.Keys];
        IReadOnlyList<string> changed = _watch.Look(stamps, _supervisor.Now);
        if (changed.Any(path => !owners.ContainsKey(path)))
        {
            await _reload().ConfigureAwait(false);
        }

        foreach (string node in changed.Where(owners.ContainsKey).Select(path => owners[path]).Distinct())
        {
            _supervisor.Refresh(node, "a watched file changed");
        }
    }

    private IEnumerable<string> Manifests() => _directories
        .Where(Directory.Exists)
        .SelectMany(directory => Directory.EnumerateDirectories(directory))
        .Select(folder => Path.Combine(folder, ManifestReader.FileName));
}

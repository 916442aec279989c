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
    private readonly ChangeWatch _manifests = new(_quiet, countsPaths: true);
    private readonly ChangeWatch _files = new(_quiet, countsPaths: false);
    private readonly PeriodicTimer _timer;
    private Task _watching = Task.CompletedTask;
    private bool _isFailing; // said once

    /// <summary>Notes what the manifests look like now: to be made before they are read, so that no change is missed.</summary>
    /// <param name="directories">The folders of plugin folders.</param>
    /// <param name="supervisor">Whose nodes are reloaded.</param>
    /// <param name="reload">Reads all manifests anew.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    public PluginWatcher(IReadOnlyList<string> directories, Supervisor supervisor, Func<Task> reload, TimeProvider timeProvider, ILogger logger)
    {
        (_directories, _supervisor, _reload, _logger) = (directories, supervisor, reload, logger);
        _timer = new PeriodicTimer(_interval, timeProvider);
        _manifests.Look(Stamp(Manifests()), supervisor.Now);
    }

    /// <summary>Begins to watch.</summary>
    public void Start() => _watching = Task.Run(WatchAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _watching.ConfigureAwait(false);
    }

    /// <summary>Looks once, and has done what follows.</summary>
    internal async Task LookAsync()
    {
        if (_manifests.Look(Stamp(Manifests()), _supervisor.Now).Count > 0)
        {
            await _reload().ConfigureAwait(false);
        }

        ILookup<string, string> owners = _supervisor.Views.Values.Select(view => view.Manifest)
            .SelectMany(manifest => manifest.Reload.Watch.Select(path => (Path: Path.GetFullPath(path, manifest.Folder), manifest.Name)))
            .ToLookup(watched => watched.Path, watched => watched.Name, StringComparer.Ordinal);
        HashSet<string> parts = [.. _supervisor.Plugins.EnvironmentFiles]; // of manifests, that lie elsewhere
        IReadOnlyList<string> changed = _files.Look(Stamp(owners.Select(watched => watched.Key).Concat(parts)), _supervisor.Now);
        if (changed.Any(parts.Contains))
        {
            await _reload().ConfigureAwait(false);
        }

        foreach (string node in changed.SelectMany(path => owners[path]).Distinct(StringComparer.Ordinal))
        {
            _supervisor.Refresh(node, "a watched file");
        }
    }

    private async Task WatchAsync()
    {
        do
        {
            try
            {
                await LookAsync().ConfigureAwait(false);
                _isFailing = false;
            }
            catch (Exception e)
            {
                if (!_isFailing)
                {
                    SupervisorLog.Defect(_logger, e); // the next look may do better
                }

                _isFailing = true;
            }
        }
        while (await _timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false));
    }

    private static Dictionary<string, long?> Stamp(IEnumerable<string> paths) =>
        paths.Distinct(StringComparer.Ordinal).ToDictionary(path => path, FileStamps.Of, StringComparer.Ordinal);

    private IEnumerable<string> Manifests() => _directories.SelectMany(FoldersIn).Select(folder => Path.Combine(folder, ManifestReader.FileName));

    private static string[] FoldersIn(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? Directory.GetDirectories(directory) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // reading the manifests says what is wrong with it
        }
    }
}

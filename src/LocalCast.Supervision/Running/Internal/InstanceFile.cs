using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>The instances that run, on disk, so that the next agent can adopt or end what this one leaves behind should it be killed.</summary>
internal sealed class InstanceFile(string path, ILogger logger, TimeProvider timeProvider) : IAsyncDisposable
{
    // While a hundred nodes boot, a hundred times the whole list would be written. Whom the guard ends with the agent is in no hurry.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<IReadOnlyList<RememberedInstance>>? _pending;
    private Task _writing = Task.CompletedTask;

    public IReadOnlyList<RememberedInstance> Read()
    {
        try
        {
            List<RememberedInstance?>? all = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), InstanceJson.Default.ListRememberedInstance!) : null;
            return [.. (all ?? []).OfType<RememberedInstance>().Where(instance => instance is { Node: not null, Token: not null, Identity.BootId: not null })];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            SupervisorLog.CannotRecall(logger, path, e.Message);
            return [];
        }
    }

    /// <summary>Has the state of that moment written. Many changes are one write; the last one counts.</summary>
    /// <param name="instances">Those that run.</param>
    /// <param name="isUrgent">As soon as can be, instead of soon: for one that survives the agent and would be lost.</param>
    public void Write(Func<IReadOnlyList<RememberedInstance>> instances, bool isUrgent)
    {
        lock (_lock)
        {
            bool isIdle = _pending is null;
            _pending = instances;
            if (isIdle)
            {
                _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _writing = WriteSoonAsync(_writing, _hurry.Task);
            }

            if (isUrgent)
            {
                _hurry.TrySetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task writing;
        lock (_lock)
        {
            writing = _writing;
            _hurry.TrySetResult();
        }

        await writing.ConfigureAwait(false);
    }

    private async Task WriteSoonAsync(Task before, Task hurry)
    {
        await before.ConfigureAwait(false);
        using var hurried = new CancellationTokenSource();
        await Task.WhenAny(hurry, Task.Delay(_pause, timeProvider, hurried.Token)).ConfigureAwait(false);
        await hurried.CancelAsync().ConfigureAwait(false);
        WritePending();
    }

    private void WritePending()
    {
        Func<IReadOnlyList<RememberedInstance>> instances;
        lock (_lock)
        {
            instances = _pending!;
            _pending = null;
        }

        try
        {
            string draft = path + ".new";
            PrivateFolder.Create(Path.GetDirectoryName(path)!);
            File.Delete(draft); // one that is there already may be open to others, or lead elsewhere
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // the tokens in it are secrets
            }

            using (var file = new FileStream(draft, options))
            {
                JsonSerializer.Serialize(file, [.. instances()], InstanceJson.Default.ListRememberedInstance);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SupervisorLog.CannotRemember(logger, path, e.Message);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<RememberedInstance>))]
internal sealed partial class InstanceJson : JsonSerializerContext;

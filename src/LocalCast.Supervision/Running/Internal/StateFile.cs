using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>A file that keeps one thing for the next agent. It is replaced as a whole, so that an agent that is killed while it writes leaves the one before.</summary>
internal sealed class StateFile<T>(string path, JsonTypeInfo<T> type, ILogger logger, TimeProvider timeProvider) : IAsyncDisposable
    where T : class
{
    // While a hundred nodes boot, a hundred times the whole would be written.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<T>? _pending;
    private Task _writing = Task.CompletedTask;

    /// <summary>What the last agent left; <see langword="null"/> for nothing that can be read.</summary>
    public T? Read()
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            SupervisorLog.CannotRecall(logger, path, e.Message);
            return null;
        }
    }

    /// <summary>Has the state of that moment written. Many changes are one write; the last one counts.</summary>
    /// <param name="state">What is so when it is written.</param>
    /// <param name="isUrgent">As soon as can be, instead of soon.</param>
    public void Write(Func<T> state, bool isUrgent)
    {
        lock (_lock)
        {
            bool isIdle = _pending is null;
            _pending = state;
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

    /// <summary>Ends when all that was to be written so far is, or could not be. It is in a hurry now.</summary>
    public Task WrittenAsync()
    {
        lock (_lock)
        {
            _hurry.TrySetResult();
            return _writing;
        }
    }

    public async ValueTask DisposeAsync() => await WrittenAsync().ConfigureAwait(false);

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
        Func<T> state;
        lock (_lock)
        {
            state = _pending!;
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
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // there may be secrets in it
            }

            using (var file = new FileStream(draft, options))
            {
                JsonSerializer.Serialize(file, state(), type);
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SupervisorLog.CannotRemember(logger, path, e.Message);
        }
    }
}

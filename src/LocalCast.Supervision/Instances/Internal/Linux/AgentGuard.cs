using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// The agent's end of a small shell (<see cref="GuardScript"/>) that kills what the agent started once the agent is dead, however it died:
/// then the pipe between them ends. Used on the thread of processes only, which never waits for it.
/// </summary>
internal sealed partial class AgentGuard(string? shell, int pipeBytes, ILogger logger) : IWatched
{
    /// <summary>By which every process of this agent is known, wherever in the tree it went.</summary>
    public const string Variable = "LOCALCAST_AGENT";

    private const int TokenBytes = 16;
    private const int MostStarts = 5;
    private static readonly TimeSpan _calm = TimeSpan.FromMinutes(1);

    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
    private readonly Dictionary<int, long> _guarded = [];
    private readonly StringBuilder _untold = new();

    /// <summary>Pipes to guards that read no more. Closing one would tell that guard, should it wake up, that the agent is dead.</summary>
    private readonly List<int> _abandoned = [];
    private int _starter;
    private int _starts;
    private long _startedAt;

    public int Descriptor { get; private set; } = -1;

    /// <summary>Sees to it that there is a guard.</summary>
    /// <returns>Whether there is one: without, a process outlives an agent that is killed.</returns>
    public bool TryStart() => Descriptor >= 0 || (shell is not null && IsStartAllowed() && Start());

    /// <summary>The environment of a process as its kind has it: what survives the agent must not be known as the agent's.</summary>
    public Dictionary<string, string> Mark(IReadOnlyDictionary<string, string> environment, bool survives)
    {
        var marked = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        _ = marked.Remove(Variable); // an agent may itself be somebody's child
        if (!survives)
        {
            marked[Variable] = _token;
        }

        return marked;
    }

    public void Add(InstanceIdentity identity)
    {
        _guarded[identity.Pid] = identity.StartTime;
        _ = _untold.Append($"+ {identity.Pid} {identity.StartTime}\n");
    }

    public void Remove(InstanceIdentity identity)
    {
        if (_guarded.Remove(identity.Pid))
        {
            _ = _untold.Append($"- {identity.Pid}\n");
        }
    }

    /// <summary>Tells the guard what happened in this round.</summary>
    public void Tell()
    {
        if (_untold.Length == 0)
        {
            return;
        }

        if (Descriptor >= 0 && !TryWrite(_untold.ToString()))
        {
            LogStuck(logger);
            Abandon();
            Replace();
        }

        _ = _untold.Clear();
        Reap();
    }

    /// <summary>Nobody reads any more: it was killed.</summary>
    public void OnReady()
    {
        LogGone(logger);
        Close();
        Replace();
    }

    /// <summary>All that it guarded is gone: it ends and kills nobody.</summary>
    public void Dismiss()
    {
        if (Descriptor >= 0)
        {
            _ = TryWrite("q\n");
        }

        LetGo();
    }

    /// <summary>To the guard this is the agent's death: it kills what is left.</summary>
    public void LetGo()
    {
        Close();
        _abandoned.ForEach(descriptor => _ = LinuxCalls.Close(descriptor));
        _abandoned.Clear();
        Reap();
    }

    private void Abandon()
    {
        _abandoned.Add(Descriptor);
        Descriptor = -1;
    }

    private void Replace()
    {
        if (_guarded.Count > 0 && !TryStart())
        {
            LogUnguarded(logger, _guarded.Count);
        }
    }

    private bool IsStartAllowed()
    {
        if (_starts > 0 && Environment.TickCount64 - _startedAt > _calm.TotalMilliseconds)
        {
            _starts = 0;
        }

        return _starts++ < MostStarts;
    }

    private unsafe bool Start()
    {
        _startedAt = Environment.TickCount64;
        int* ends = stackalloc int[2];
        int nothing = LinuxCalls.Open("/dev/null", LinuxCalls.ReadWrite | LinuxCalls.CloseOnExec, 0);
        if (nothing < 0 || LinuxCalls.Pipe(ends, LinuxCalls.CloseOnExec) != 0)
        {
            LogNotStarted(logger, Marshal.GetLastPInvokeErrorMessage());
            _ = nothing < 0 ? 0 : LinuxCalls.Close(nothing);
            return false;
        }

        _ = LinuxCalls.Control(ends[1], LinuxCalls.SetFlags, LinuxCalls.NonBlocking);
        _ = LinuxCalls.Control(ends[1], LinuxCalls.SetPipeSize, pipeBytes);
        int error = Spawner.Spawn(RequestFor(ends[0], nothing), out int pid);
        _ = LinuxCalls.Close(ends[0]);
        _ = LinuxCalls.Close(nothing);
        Descriptor = ends[1];
        if (error != 0)
        {
            LogNotStarted(logger, Marshal.GetPInvokeErrorMessage(error));
            Close();
            return false;
        }

        Reap();
        _starter = pid;
        var all = new StringBuilder();
        foreach ((int guarded, long startTime) in _guarded)
        {
            _ = all.Append($"+ {guarded} {startTime}\n");
        }

        if (all.Length == 0 || TryWrite(all.ToString()))
        {
            return true;
        }

        Abandon(); // it knows a part of them only
        return false;
    }

    private SpawnRequest RequestFor(int input, int nothing) => new()
    {
        Program = shell!,
        Arguments = ["sh", "-c", GuardScript.Text, GuardScript.Name, $"{Variable}={_token}"],

        // Nothing of the agent's: neither its secrets, nor another agent's mark. In this locale bytes are just bytes.
        Environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin", ["LC_ALL"] = "C" },
        WorkingDirectory = "/",
        Input = input,
        Output = nothing,
        Error = nothing,
    };

    private unsafe bool TryWrite(string lines)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(lines);
        fixed (byte* start = bytes)
        {
            return LinuxCalls.Write(Descriptor, start, (nuint)bytes.Length) == bytes.Length;
        }
    }

    /// <summary>The shell that left the guard behind ends within milliseconds; it is not waited for.</summary>
    private void Reap()
    {
        if (_starter > 0 && LinuxCalls.WaitFor(_starter, out _, LinuxCalls.DontWait) != 0)
        {
            _starter = 0;
        }
    }

    private void Close()
    {
        if (Descriptor >= 0)
        {
            _ = LinuxCalls.Close(Descriptor);
            Descriptor = -1;
        }
    }

    [LoggerMessage(3220, LogLevel.Warning, "The guard, which ends nodes when the agent is killed, is gone; another one is started", EventName = "GuardGone")]
    private static partial void LogGone(ILogger logger);

    [LoggerMessage(3221, LogLevel.Warning, "The guard, which ends nodes when the agent is killed, takes nothing in any more; another one is started", EventName = "GuardStuck")]
    private static partial void LogStuck(ILogger logger);

    [LoggerMessage(3222, LogLevel.Error, "There is no guard: {Count} processes would outlive an agent that is killed", EventName = "GuardMissing")]
    private static partial void LogUnguarded(ILogger logger, int count);

    [LoggerMessage(3223, LogLevel.Error, "The guard, which ends nodes when the agent is killed, could not be started: {Reason}", EventName = "GuardNotStarted")]
    private static partial void LogNotStarted(ILogger logger, string reason);
}

using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>Makes a child process of a spec. Used on the thread of processes only.</summary>
internal sealed class ProcessLauncher(ProcessThread thread, AgentGuard guard, ControlGroups groups, string? parentDeathWrapper)
{
    private const string NotTied = "would outlive an agent that is killed: neither a shell (sh) nor setpriv (util-linux) here, which tie it to the agent";

    public ChildProcess? Launch(LaunchSpec spec, IInstanceListener listener, out LaunchFailure? failure)
    {
        if (CommandLookup.Find(spec, out failure) is not { } program)
        {
            return null;
        }

        var notes = new List<string>();
        using ChildStreams? streams = ChildStreams.Open(spec, thread, listener, notes, out failure);
        if (streams is null)
        {
            return null;
        }

        SpawnRequest request = Tie(spec, notes, new SpawnRequest
        {
            Program = program,
            Arguments = [program, .. spec.Args],
            Environment = guard.Mark(spec.Environment, spec.Manifest.Survives),
            WorkingDirectory = spec.WorkingDirectory,
            Output = streams.ChildOutput,
            Error = streams.ChildError,
        });
        int error = Spawner.Spawn(request, out int pid);
        if (error != 0)
        {
            failure = SpawnError.Describe(error, program);
            return null;
        }

        return Watch(pid, spec, listener, notes, streams, out failure);
    }

    /// <summary>Watches a process that runs already: its end is seen, its exit code is not.</summary>
    public ChildProcess Adopt(LaunchSpec spec, InstanceIdentity identity, int pidfd, IInstanceListener listener)
    {
        var outputs = new List<IProcessOutput>();
        foreach ((string? path, OutputStream stream) in new[] { (spec.OutputFile, OutputStream.Output), (spec.ErrorFile, OutputStream.Error) })
        {
            if (path is not null && FileOutput.Open(path, thread.Files, new LineSplitter(stream, listener)) is { } output)
            {
                outputs.Add(output);
            }
        }

        return new ChildProcess(thread, identity, pidfd, listener)
        {
            Notes = outputs.Count == 2 ? [] : ["what it prints is lost: there is no file for its output"],
            Outputs = outputs,
            Survives = spec.Manifest.Survives,
            IsOwnChild = false,
            Mark = MarkOf(spec),
        };
    }

    private ChildProcess? Watch(int pid, LaunchSpec spec, IInstanceListener listener, List<string> notes, ChildStreams streams, out LaunchFailure? failure)
    {
        int pidfd = LinuxCalls.PidfdOpen(pid);
        if (pidfd < 0)
        {
            failure = SpawnError.Describe(Marshal.GetLastPInvokeError(), spec.Exec);
            _ = LinuxCalls.SendSignal(-pid, LinuxCalls.Kill);
            _ = LinuxCalls.WaitFor(pid, out _, 0);
            return null;
        }

        // It has only begun to load: what it allocated before counts for the agent, and is little.
        ControlGroup? group = groups.Create(spec.Node, spec.Generation, spec.Manifest.Resources, notes);
        if (group?.Add(pid) is { } problem)
        {
            notes.Add($"ceilings not set: {problem}");
        }

        // Even one that ended already is in the table until it is reaped.
        _ = ProcessStat.TryRead(pid, out ProcessStat stat);
        failure = null;
        return new ChildProcess(thread, new InstanceIdentity(pid, stat.StartTime, ProcessTable.BootId), pidfd, listener)
        {
            Notes = notes,
            Outputs = streams.HandOver(),
            Survives = spec.Manifest.Survives,
            IsOwnChild = true,
            Mark = MarkOf(spec),
            Group = group,
        };
    }

    /// <summary>A probe has none: it is not worth the search each time.</summary>
    private static byte[]? MarkOf(LaunchSpec spec) =>
        spec.Environment.GetValueOrDefault(Leftovers.MarkVariable) is { Length: > 0 } value ? ProcessEnvironment.Mark(Leftovers.MarkVariable, value) : null;

    private SpawnRequest Tie(LaunchSpec spec, List<string> notes, SpawnRequest request)
    {
        if (spec.Manifest.Survives || guard.TryStart())
        {
            return request;
        }

        if (parentDeathWrapper is null)
        {
            notes.Add(NotTied);
            return request;
        }

        // It becomes the program: same number, same start time.
        return request with { Program = parentDeathWrapper, Arguments = [parentDeathWrapper, "--pdeathsig", "KILL", "--", .. request.Arguments] };
    }
}

using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Both ends of a process's stdout and stderr. The child's ends are closed when this is disposed; so are the agent's, unless they were
/// handed over.
/// </summary>
internal sealed class ChildStreams : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly List<int> _childEnds = [];
    private List<IProcessOutput> _outputs = [];

    public int ChildOutput => _childEnds[0];

    public int ChildError => _childEnds[1];

    public static ChildStreams? Open(LaunchSpec spec, ProcessThread thread, IInstanceListener listener, List<string> notes, out LaunchFailure? failure)
    {
        var streams = new ChildStreams();
        int error = streams.Add(spec, OutputStream.Output, thread, listener, notes);
        error = error != 0 ? error : streams.Add(spec, OutputStream.Error, thread, listener, notes);
        failure = error == 0 ? null : SpawnError.Describe(error, spec.Exec);
        if (error != 0)
        {
            streams.Dispose();
        }

        return error == 0 ? streams : null;
    }

    public List<IProcessOutput> HandOver()
    {
        List<IProcessOutput> outputs = _outputs;
        _outputs = [];
        return outputs;
    }

    public void Dispose()
    {
        _childEnds.ForEach(descriptor => _ = LinuxCalls.Close(descriptor));
        _childEnds.Clear();
        _outputs.ForEach(output => output.Close());
        _outputs.Clear();
    }

    private int Add(LaunchSpec spec, OutputStream stream, ProcessThread thread, IInstanceListener listener, List<string> notes)
    {
        var lines = new LineSplitter(stream, listener);
        return spec.Manifest.Survives
            ? AddFile(stream == OutputStream.Output ? spec.OutputFile : spec.ErrorFile, thread, lines, notes)
            : AddPipe(lines);
    }

    private unsafe int AddPipe(LineSplitter lines)
    {
        int* ends = stackalloc int[2];
        if (LinuxCalls.Pipe(ends, LinuxCalls.CloseOnExec) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        // Only the agent's end: the child's must block, as programs expect.
        _ = LinuxCalls.Control(ends[0], LinuxCalls.SetFlags, LinuxCalls.NonBlocking);
        _outputs.Add(new PipeOutput(ends[0], lines));
        _childEnds.Add(ends[1]);
        return 0;
    }

    private int AddFile(string? path, ProcessThread thread, LineSplitter lines, List<string> notes)
    {
        int descriptor = LinuxCalls.Open(path ?? "/dev/null", LinuxCalls.WriteOnly | LinuxCalls.Append | LinuxCalls.Create | LinuxCalls.CloseOnExec, OwnerOnly);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        _childEnds.Add(descriptor);
        if (path is not null && FileOutput.Open(path, thread.Files, lines) is { } output)
        {
            _outputs.Add(output);
        }
        else
        {
            notes.Add("what it prints is lost: it survives the agent, and there is no file for its output");
        }

        return 0;
    }
}

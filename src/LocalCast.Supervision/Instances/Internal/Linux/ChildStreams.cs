using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Both ends of a process's stdout and stderr. The child's ends are closed when this is disposed; so are the agent's, unless they were
/// handed over.
/// </summary>
internal sealed class ChildStreams : IDisposable
{
    private readonly List<int> _childEnds = [];
    private List<IProcessOutput> _outputs = [];

    public int ChildOutput => _childEnds[0];

    public int ChildError => _childEnds[1];

    public static ChildStreams? Open(LaunchSpec spec, IInstanceListener listener, List<string> notes, out LaunchFailure? failure)
    {
        var streams = new ChildStreams();
        int error = streams.Add(spec, OutputStream.Output, listener, notes);
        error = error != 0 ? error : streams.Add(spec, OutputStream.Error, listener, notes);
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

    private unsafe int Add(LaunchSpec spec, OutputStream stream, IInstanceListener listener, List<string> notes)
    {
        int* ends = stackalloc int[2];
        if (LinuxCalls.Pipe(ends, LinuxCalls.CloseOnExec) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        // Only the agent's end: the child's must block, as programs expect.
        _ = LinuxCalls.Control(ends[0], LinuxCalls.SetFlags, LinuxCalls.NonBlocking);
        _outputs.Add(new PipeOutput(ends[0], new LineSplitter(stream, listener)));
        _childEnds.Add(ends[1]);
        return 0;
    }
}

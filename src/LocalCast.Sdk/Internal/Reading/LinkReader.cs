using System.Buffers;
using System.IO.Pipelines;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Reads a connection until it ends. How the reading is shared among threads is up to the two kinds of it.</summary>
internal abstract class LinkReader(LinkSession session)
{
    private readonly FrameDispatcher _dispatcher = new(session);

    protected LinkSession Session { get; } = session;

    protected PipeReader Input { get; } = session.Connection.Input;

    protected List<IThreadPoolWorkItem> Work => _dispatcher.Work;

    /// <summary>Starts reading.</summary>
    /// <returns>Completes when nothing reads any more.</returns>
    public abstract Task RunAsync();

    public static LinkReader Create(LinkSession session) => session.Connection.ReadsBlock ? new ThreadedReader(session) : new AsyncReader(session);

    /// <summary>Takes a batch apart.</summary>
    /// <returns>Whether the connection goes on.</returns>
    protected bool Take(in ReadResult read)
    {
        ReadOnlySequence<byte> buffer = read.Buffer;
        Session.ReceivedBatches++;
        try
        {
            _dispatcher.Process(ref buffer);
        }
        catch (Exception e)
        {
            // Whatever it was, it must not end the process: the session ends by name, what was already taken in goes on.
            Session.End(new ErrorInfo(LocalCastError.Internal, $"the agent cannot be understood: {e.Message}"));
        }

        Input.AdvanceTo(buffer.Start, buffer.End);
        if (read.IsCompleted || read.IsCanceled)
        {
            Session.End(new ErrorInfo(LocalCastError.Disconnected, "the agent has gone"));
        }

        return Session.Ended is null;
    }

    /// <summary>Gives all work of the batch to the thread pool, and one flush for all that it sends behind it.</summary>
    protected void QueueWork()
    {
        foreach (IThreadPoolWorkItem item in Work)
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }

        if (Work.Count > 1)
        {
            Session.Outbox.FlushSoon();
        }
    }
}

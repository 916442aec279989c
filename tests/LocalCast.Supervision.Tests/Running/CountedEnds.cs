namespace LocalCast.Supervision.Tests.Running;

/// <summary>A runner that counts what begins and ends in another.</summary>
internal sealed class CountedEnds(IProcessRunner inner) : IProcessRunner
{
    private int _launched;
    private int _ended;

    public int Launched => Volatile.Read(ref _launched);

    public int Ended => Volatile.Read(ref _ended);

    public void Launch(LaunchSpec spec, IInstanceListener listener) => inner.Launch(spec, new Ear(this, listener));

    public bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener) => inner.TryAdopt(spec, identity, listener);

    public IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left) => inner.KillLeftovers(left);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Ear(CountedEnds counts, IInstanceListener inner) : IInstanceListener
    {
        public void Launched(IInstance instance)
        {
            Interlocked.Increment(ref counts._launched);
            inner.Launched(instance);
        }

        public void LaunchFailed(string reason, bool isPermanent) => inner.LaunchFailed(reason, isPermanent);

        public void Printed(OutputStream stream, ReadOnlySpan<byte> line) => inner.Printed(stream, line);

        public void Exited(int? code, int? signal)
        {
            Interlocked.Increment(ref counts._ended);
            inner.Exited(code, signal);
        }
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>
/// The blocks that Kestrel receives into. Its own are 4 KiB, which is one read and one write of the system for every thirty small frames;
/// these are larger, and since Kestrel waits for data before it takes one, an idle connection still holds none.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int BlockSize = 64 * 1024;
    private const int MostKept = 128;

    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        minBufferSize > BlockSize ? Shared.Rent(minBufferSize) : _free.TryDequeue(out Block? block) ? block : new Block(this);

    protected override void Dispose(bool disposing)
    {
        // Its blocks are the garbage collector's.
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        // Pinned for good: the system writes into it, and pinning it anew for every read costs more.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            if (pool._free.Count < MostKept)
            {
                pool._free.Enqueue(this);
            }
        }
    }

    /// <summary>Gives Kestrel these blocks instead of its own.</summary>
    internal sealed class Factory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();
    }
}

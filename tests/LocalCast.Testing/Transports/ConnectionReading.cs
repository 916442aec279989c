using System.Buffers;
using System.IO.Pipelines;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Testing;

/// <summary>Reads connections of either kind, those that block and those that do not.</summary>
public static class ConnectionReading
{
    /// <summary>Reads at least that many bytes.</summary>
    public static async Task<byte[]> ReadAtLeastAsync(this IByteConnection connection, int count)
    {
        ReadResult read = await connection.ReadOnceAsync().DefaultTimeout();
        while (read.Buffer.Length < count && !read.IsCompleted)
        {
            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await connection.ReadOnceAsync().DefaultTimeout();
        }

        byte[] bytes = read.Buffer.ToArray();
        connection.Input.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    /// <summary>Reads until the end, whichever way it comes.</summary>
    public static async Task<long> ReadToEndAsync(this IByteConnection connection)
    {
        long count = 0;
        try
        {
            while (true)
            {
                ReadResult read = await connection.ReadOnceAsync();
                count += read.Buffer.Length;
                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return count;
                }
            }
        }
        catch (LocalCastException e) when (e.Code == LocalCastError.Disconnected)
        {
            return count;
        }
    }

    private static Task<ReadResult> ReadOnceAsync(this IByteConnection connection) =>
        connection.ReadsBlock
            ? Task.Factory.StartNew(() => connection.Input.ReadAsync().AsTask(), default, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()
            : connection.Input.ReadAsync().AsTask();
}

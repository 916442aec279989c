using System.Buffers;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Tests;

/// <summary>An error can always be said, however much somebody put into it.</summary>
public sealed class LongErrorTests
{
    [Fact]
    public void WriteError_TooLong_IsCutInWholeCharacters()
    {
        var error = new ErrorInfo(LocalCastError.HandlerFailed, "x" + string.Concat(Enumerable.Repeat("😀", 100_000))) { DataJson = $"\"{new string('d', 100_000)}\"" };
        var written = new ArrayBufferWriter<byte>();

        BinaryCodec.WriteError(error, written);

        ErrorInfo read = BinaryCodec.ReadError(written.WrittenSpan)!;
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", 1023)), read.Message);
        Assert.Null(read.DataJson);
        Assert.InRange(Encoding.UTF8.GetByteCount(read.Message), 4093, 4096);
    }
}

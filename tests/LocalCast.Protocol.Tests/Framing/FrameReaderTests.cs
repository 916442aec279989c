using System.Buffers;
using System.Text;

namespace LocalCast.Protocol.Tests;

public sealed class FrameReaderTests
{
    private const int Limit = 16;

    /// <summary>Two frames, and two empty ones in between.</summary>
    private static readonly byte[] _stream = [0, 0, 0, 2, (byte)'a', (byte)'b', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, (byte)'c', (byte)'d', (byte)'e'];

    [Fact]
    public void TryRead_SplitAtEveryByte_GivesTheSameFrames()
    {
        for (int split = 0; split <= _stream.Length; split++)
        {
            AssertFrames(Segments.Of(_stream[..split], _stream[split..]));
        }
    }

    [Fact]
    public void TryRead_EveryByteASegmentOfItsOwn_GivesTheSameFrames() => AssertFrames(Segments.Of(_stream.Select(b => new[] { b })));

    [Fact]
    public void TryRead_EmptySegmentsBetween_GivesTheSameFrames() => AssertFrames(Segments.Of(_stream.SelectMany(b => new byte[][] { [], [b] })));

    [Fact]
    public void TryRead_GrowingByteByByte_CompletesAtTheLastByteOnly()
    {
        List<string> frames = [];
        int consumed = 0;
        for (int received = 0; received <= _stream.Length; received++)
        {
            var buffer = new ReadOnlySequence<byte>(_stream[consumed..received]);
            long before = buffer.Length;
            while (FrameReader.TryRead(ref buffer, Limit, out ReadOnlySequence<byte> body) == FrameStatus.Complete)
            {
                frames.Add($"{Text(body)} at {received}");
            }

            consumed += (int)(before - buffer.Length);
        }

        Assert.Equal(["ab at 6", "cde at 21"], frames);
        Assert.Equal(_stream.Length, consumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("000000")]
    [InlineData("00000001")]
    [InlineData("0000000261")]
    public void TryRead_BeginningOfAFrame_IsPartialAndTakesNothing(string hex)
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));

        Assert.Equal(FrameStatus.Partial, FrameReader.TryRead(ref buffer, Limit, out _));

        Assert.Equal(hex.Length / 2, buffer.Length);
    }

    [Theory]
    [InlineData("ffffffff", FrameStatus.Negative)]
    [InlineData("80000000", FrameStatus.Negative)]
    [InlineData("00000011", FrameStatus.TooLarge)]
    [InlineData("7fffffff", FrameStatus.TooLarge)]
    [InlineData("0000000000000011", FrameStatus.TooLarge)]
    public void TryRead_BadLength_IsSaidBeforeTheBodyIsThere(string hex, FrameStatus expected)
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));

        Assert.Equal(expected, FrameReader.TryRead(ref buffer, Limit, out _));
    }

    [Fact]
    public void TryRead_ExactlyTheLimit_IsComplete()
    {
        var buffer = new ReadOnlySequence<byte>([0, 0, 0, Limit, .. new byte[Limit]]);

        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(ref buffer, Limit, out ReadOnlySequence<byte> body));
        Assert.Equal(Limit, body.Length);
        Assert.True(buffer.IsEmpty);
    }

    private static void AssertFrames(ReadOnlySequence<byte> buffer)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(ref buffer, Limit, out ReadOnlySequence<byte> first));
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(ref buffer, Limit, out ReadOnlySequence<byte> second));
        Assert.Equal(FrameStatus.Partial, FrameReader.TryRead(ref buffer, Limit, out _));
        Assert.Equal("ab", Text(first));
        Assert.Equal("cde", Text(second));
        Assert.True(buffer.IsEmpty);
    }

    private static string Text(ReadOnlySequence<byte> body) => Encoding.UTF8.GetString(body);
}

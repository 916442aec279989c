using System.Buffers;
using System.Text;

namespace LocalCast.Protocol.Tests;

/// <summary>Frames are read in place, wherever the pieces of the buffer begin and end.</summary>
public sealed class ReadAllTests
{
    private const int Limit = 16;

    private static readonly string[] _frames = ["ab", "c", "defgh", "i"];

    /// <summary>All frames, with an empty one in between.</summary>
    private static readonly byte[] _stream = [.. Frame("ab"), .. Frame("c"), .. Frame(""), .. Frame("defgh"), .. Frame("i")];

    [Fact]
    public void ReadAll_SplitAtAnyTwoBytes_GivesAllFrames()
    {
        for (int first = 0; first <= _stream.Length; first++)
        {
            for (int second = first; second <= _stream.Length; second++)
            {
                AssertAll(Segments.Of(_stream[..first], _stream[first..second], _stream[second..]));
            }
        }
    }

    [Fact]
    public void ReadAll_EveryByteASegmentOfItsOwn_GivesAllFrames() => AssertAll(Segments.Of(_stream.Select(b => new[] { b })));

    [Fact]
    public void ReadAll_CutShortAnywhere_GivesWhatIsWholeAndKeepsTheRest()
    {
        for (int end = 0; end < _stream.Length; end++)
        {
            for (int split = 0; split <= end; split++)
            {
                ReadOnlySequence<byte> buffer = Segments.Of(_stream[..split], _stream[split..end]);
                var seen = new Handler();
                Assert.Equal(FrameStatus.Partial, FrameReader.ReadAll(ref buffer, Limit, seen));

                ReadOnlySequence<byte> rest = Segments.Of(buffer.ToArray(), _stream[end..]);
                FrameReader.ReadAll(ref rest, Limit, seen);
                Assert.Equal(_frames, seen.Frames);
            }
        }
    }

    [Fact]
    public void ReadAll_HandlerWantsNoMore_StopsBehindThatFrame()
    {
        for (int split = 0; split <= _stream.Length; split++)
        {
            ReadOnlySequence<byte> buffer = Segments.Of(_stream[..split], _stream[split..]);
            var seen = new Handler { Most = 2 };

            Assert.Equal(FrameStatus.Complete, FrameReader.ReadAll(ref buffer, Limit, seen));

            Assert.Equal(_frames[..2], seen.Frames);
            Assert.Equal(_stream.Length - Frame("ab").Length - Frame("c").Length, buffer.Length);
        }
    }

    [Theory]
    [InlineData("80000000", FrameStatus.Negative)]
    [InlineData("00000011", FrameStatus.TooLarge)]
    public void ReadAll_BadLengthBehindGoodFrames_IsSaidAfterThem(string length, FrameStatus expected)
    {
        byte[] stream = [.. _stream, .. Convert.FromHexString(length)];
        for (int split = 0; split <= stream.Length; split++)
        {
            ReadOnlySequence<byte> buffer = Segments.Of(stream[..split], stream[split..]);
            var seen = new Handler();

            Assert.Equal(expected, FrameReader.ReadAll(ref buffer, Limit, seen));

            Assert.Equal(_frames, seen.Frames);
        }
    }

    private static void AssertAll(ReadOnlySequence<byte> buffer)
    {
        var seen = new Handler();

        Assert.Equal(FrameStatus.Partial, FrameReader.ReadAll(ref buffer, Limit, seen));

        Assert.Equal(_frames, seen.Frames);
        Assert.True(buffer.IsEmpty);
    }

    private static byte[] Frame(string body) => [0, 0, 0, (byte)body.Length, .. Encoding.UTF8.GetBytes(body)];

    private sealed class Handler : IFrameHandler
    {
        public List<string> Frames { get; } = [];

        public int Most { get; init; } = int.MaxValue;

        public bool OnFrame(ReadOnlySpan<byte> body)
        {
            Frames.Add(Encoding.UTF8.GetString(body));
            return Frames.Count < Most;
        }
    }
}

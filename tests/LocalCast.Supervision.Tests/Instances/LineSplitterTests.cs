using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision.Tests;

public sealed class LineSplitterTests
{
    private const int Max = LineSplitter.MaxLineBytes;

    private readonly RecordingListener _heard = new();
    private readonly LineSplitter _lines;

    public LineSplitterTests() => _lines = new LineSplitter(OutputStream.Output, _heard);

    [Fact]
    public void Take_OfLines_LeavesOutTheirEnds()
    {
        _lines.Take("one\ntwo\r\n\n"u8);

        Assert.Equal(["one", "two", ""], _heard.Output);
    }

    [Fact]
    public void End_TellsWhatHasNoLineEnd_Once()
    {
        _lines.Take("one\nla"u8);
        _lines.Take("st"u8);
        Assert.Equal(["one"], _heard.Output);

        _lines.End();
        _lines.End();

        Assert.Equal(["one", "last"], _heard.Output);
    }

    [Theory]
    [InlineData(Max - 1, new[] { Max - 1 })]
    [InlineData(Max, new[] { Max })]
    [InlineData(Max + 1, new[] { Max, 1 })]
    [InlineData((3 * Max) + 5, new[] { Max, Max, Max, 5 })]
    public void Take_OfALongLine_TellsPieces(int length, int[] pieces)
    {
        _lines.Take(Encoding.ASCII.GetBytes(new string('x', length) + "\nnext\n"));

        Assert.Equal([.. pieces, 4], _heard.Output.Select(line => line.Length));
    }

    [Fact]
    public void Take_InAnyParts_TellsTheSame() => Prop.ForAll<int, int[]>((seed, cuts) =>
    {
        byte[] data = Text(seed);
        var whole = new RecordingListener();
        Split(whole, data, []);
        var parts = new RecordingListener();
        Split(parts, data, cuts);
        Assert.Equal(whole.Output, parts.Output);
    }).QuickCheckThrowOnFailure();

    private static byte[] Text(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int line = 0; line < 6; line++)
        {
            _ = text.Append('x', random.Next(random.Next(3) == 0 ? 3 * Max : 10)).Append(random.Next(4) == 0 ? "\r\n" : "\n");
        }

        return Encoding.ASCII.GetBytes(text.Append("end").ToString());
    }

    private static void Split(RecordingListener listener, byte[] data, int[] cuts)
    {
        var lines = new LineSplitter(OutputStream.Output, listener);
        int from = 0;
        foreach (int cut in cuts.Select(cut => (int)((uint)cut % (uint)(data.Length + 1))).Order())
        {
            lines.Take(data.AsSpan(from, cut - from));
            from = cut;
        }

        lines.Take(data.AsSpan(from));
        lines.End();
    }
}

using System.Text;
using System.Text.Json;

namespace LocalCast.Protocol.Tests.Codecs;

public sealed class JsonFaultTests
{
    [Theory]
    [InlineData("", "line 1, column 1", "there is nothing")]
    [InlineData(" \n", "line 2, column 1", "there is nothing")]
    [InlineData("{\"a\":1", "line 1, column 7", "it ends too early: the '{' of line 1, column 1 is not closed")]
    [InlineData("{\n  \"run\": {\n    \"exec\": \"x\"\n", "line 4, column 1", "it ends too early: the '{' of line 2, column 10 is not closed")]
    [InlineData("[1,2", "line 1, column 5", "it ends too early: the '[' of line 1, column 1 is not closed")]
    [InlineData("{\n\"a\": 1\n\"b\": 2}", "line 3, column 1", "expected ',' or '}', got '\"'")]
    [InlineData("[1 2]", "line 1, column 4", "expected ',' or ']', got '2'")]
    [InlineData("{\"a\" 5}", "line 1, column 6", "expected ':' and a value behind the name, got '5'")]
    [InlineData("{'a':1}", "line 1, column 2", "texts and names stand in double quotes, not in single ones")]
    [InlineData("{} x", "line 1, column 4", "expected the end, got 'x'")]
    [InlineData("hello", "line 1, column 1", "'h' has no meaning here")]
    [InlineData("{\"a\":hello}", "line 1, column 6", "expected a value, got 'h'")]
    public void Find_WhatIsNoJson_SaysWhereAndWhy(string text, string place, string why)
    {
        JsonFault? fault = JsonFault.Find(Encoding.UTF8.GetBytes(text));

        Assert.Equal((place, why), (fault?.Place, fault?.Why));
    }

    [Theory]
    [InlineData("{\"a\":[1,{\"b\":null}]}")]
    [InlineData("\"x\"")]
    [InlineData(" 5 ")]
    public void Find_Json_IsNothing(string text) => Assert.Null(JsonFault.Find(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Find_TextWithoutItsEnd_SaysSo() =>
        Assert.Contains("second '\"' is missing", JsonFault.Find("{\"a\": \"x"u8)!.Why, StringComparison.Ordinal);

    [Fact]
    public void Find_TooDeep_SaysSo() =>
        Assert.Equal("it is nested beyond the depth of 64 that is allowed", JsonFault.Find(Encoding.UTF8.GetBytes(new string('[', 100)))!.Why);

    [Fact]
    public void Find_SyntaxThatAllowsMore_IsKept()
    {
        var syntax = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

        Assert.Null(JsonFault.Find("{ /* why */ \"a\": 1, }"u8, syntax));
        Assert.NotNull(JsonFault.Find("{\"a\": 1, }"u8));
    }

    [Fact]
    public void Find_AnyBytes_AgreesWithTheReaderAndNeverThrows()
    {
        var random = new Random(4711);
        byte[] good = Encoding.UTF8.GetBytes("{\"a\":[1,2.5,\"x\",null,true],\"b\":{\"c\":\"d\\u0041\"}}");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. good];
            for (int times = random.Next(1, 4); times > 0; times--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            damaged = damaged[..random.Next(damaged.Length + 1)];
            Assert.Equal(IsJson(damaged), JsonFault.Find(damaged) is null);
        }
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Text.Json;

namespace LocalCast.Mesh.Tests;

public sealed class AgentBirthTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Of_ALaterStart_IsLarger_WhateverChanceSays()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            Assert.True(AgentBirth.Of(_start, new Random(seed)) < AgentBirth.Of(_start.AddMilliseconds(1), new Random(seed + 1)));
        }
    }

    [Fact]
    public void Of_TheSameMoment_DiffersByChance() => Assert.NotEqual(AgentBirth.Of(_start, new Random(1)), AgentBirth.Of(_start, new Random(2)));

    [Fact]
    public void StartOf_IsTheMomentOfTheStart() => Assert.Equal(_start, AgentBirth.StartOf(AgentBirth.Of(_start, new Random(1))));

    [Theory]
    [InlineData(null)]
    [InlineData(0ul)]
    [InlineData(ulong.MaxValue)]
    public void StartOf_Nonsense_IsTakenOrNothingAndNeverThrows(ulong? born) => Assert.True(AgentBirth.StartOf(born) is null or { Year: > 1970 });

    [Theory]
    [InlineData("\"1767323045678123456\"", 1767323045678123456ul)]
    [InlineData("1767323045678123456", 1767323045678123456ul)]
    [InlineData("null", null)]
    public void Document_IsReadWithItsBirthAsTextOrNumberOrWithoutOne(string born, ulong? expected)
    {
        AgentDocument document = JsonSerializer.Deserialize($$"""{"id":"a","boot":"1","seq":"2","born":{{born}}}""", MeshJson.Default.AgentDocument)!;

        Assert.Equal(expected, document.Born);
        string written = JsonSerializer.Serialize(document, MeshJson.Default.AgentDocument);
        Assert.Equal(expected is not null, written.Contains("\"born\":\"1767323045678123456\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("\"18446744073709551616\"")]
    [InlineData("\"yesterday\"")]
    [InlineData("[]")]
    public void Document_WithABirthThatIsNone_IsNotRead(string born) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize($$"""{"id":"a","boot":"1","seq":"2","born":{{born}}}""", MeshJson.Default.AgentDocument));

    [Fact]
    public void FirstSeq_OfTwoOfOneMoment_Differs() =>
        Assert.NotEqual(AgentBirth.FirstSeq(AgentBirth.Of(_start, new Random(1))), AgentBirth.FirstSeq(AgentBirth.Of(_start, new Random(2))));
}

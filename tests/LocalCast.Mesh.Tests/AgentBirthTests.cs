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

    [Fact]
    public void FirstSeq_OfTwoOfOneMoment_Differs() =>
        Assert.NotEqual(AgentBirth.FirstSeq(AgentBirth.Of(_start, new Random(1))), AgentBirth.FirstSeq(AgentBirth.Of(_start, new Random(2))));
}

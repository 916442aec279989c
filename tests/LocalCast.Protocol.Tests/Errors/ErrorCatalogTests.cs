namespace LocalCast.Protocol.Tests;

public sealed class ErrorCatalogTests
{
    /// <summary>The table of docs/protocol.md. A line that has to change is a break of the protocol.</summary>
    public static TheoryData<string, int, int, int> Table => new()
    {
        { "BadRequest", 1, -32602, 11 },
        { "Unauthorized", 2, -32002, 12 },
        { "Forbidden", 3, -32003, 13 },
        { "NodeNotFound", 4, -32603, 14 },
        { "NodeNotReady", 5, -32005, 15 },
        { "MethodNotFound", 6, -32601, 16 },
        { "HandlerFailed", 7, -32603, 17 },
        { "Timeout", 8, -32008, 18 },
        { "Cancelled", 9, -32009, 19 },
        { "Busy", 10, -32010, 20 },
        { "TooLarge", 11, -32011, 21 },
        { "RateLimited", 12, -32012, 22 },
        { "NoRoute", 13, -32603, 23 },
        { "TtlExpired", 14, -32014, 24 },
        { "Disconnected", 15, -32015, 25 },
        { "DuplicateName", 16, -32016, 26 },
        { "DuplicateNode", 17, -32017, 27 },
        { "VersionMismatch", 18, -32018, 28 },
        { "NetworkMismatch", 19, -32019, 29 },
        { "ClockSkew", 20, -32020, 30 },
        { "SelfConnect", 21, -32021, 31 },
        { "Internal", 99, -32603, 1 },
        { "NoSubscriber", 100, -32100, 40 },
        { "SubscriberTimeout", 102, -32102, 42 },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Error_OfTheTable_HasItsNumbers(string name, int number, int jsonRpcCode, int exitCode)
    {
        Assert.True(ErrorCatalog.TryFind(name, out LocalCastError byName));
        Assert.True(ErrorCatalog.TryFind(number, out LocalCastError byNumber));
        Assert.Equal(byName, byNumber);
        Assert.Equal(name, ErrorCatalog.NameOf(byName));
        Assert.Equal(jsonRpcCode, ErrorCatalog.JsonRpcCodeOf(byName));
        Assert.Equal(exitCode, ErrorCatalog.ExitCodeOf(byName));
    }

    [Fact]
    public void All_IsTheTable() => Assert.Equal(Table.Select(row => (string)row[0]), ErrorCatalog.All.Select(ErrorCatalog.NameOf));

    [Fact]
    public void All_NumbersAndExitCodes_AreDistinctAndKeepClearOfTheShell()
    {
        Assert.Equal(ErrorCatalog.All.Count, ErrorCatalog.All.Distinct().Count());
        Assert.Equal(ErrorCatalog.All.Count, ErrorCatalog.All.Select(ErrorCatalog.ExitCodeOf).Distinct().Count());
        Assert.All(ErrorCatalog.All, e => Assert.True(ErrorCatalog.ExitCodeOf(e) is 1 or (> 2 and < 64)));
        Assert.All(ErrorCatalog.All, e => Assert.InRange((int)e, 1, ushort.MaxValue));
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("10")]
    [InlineData("")]
    public void TryFind_NotAName_IsFalse(string name) => Assert.False(ErrorCatalog.TryFind(name, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(22)]
    [InlineData(101)]
    public void TryFind_NotANumber_IsFalse(int number) => Assert.False(ErrorCatalog.TryFind(number, out _));

    [Fact]
    public void Exception_OfAnError_CarriesItsMessageAndCode()
    {
        var e = new LocalCastException(LocalCastError.Busy, "full");

        Assert.Equal((LocalCastError.Busy, "full", "Busy: full"), (e.Code, e.Message, e.Error.ToString()));
    }
}

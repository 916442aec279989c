namespace LocalCast.Protocol.Tests;

public sealed class NameRegistryTests
{
    /// <summary>Two names with one MD5, found by Marc Stevens.</summary>
    private const string One = "TEXTCOLLBYfGiJUETHQ4hAcKSMd5zYpgqf1YRDhkmxHkhPWptrkoyz28wnI9V0aHeAuaKnak";
    private const string Other = "TEXTCOLLBYfGiJUETHQ4hEcKSMd5zYpgqf1YRDhkmxHkhPWptrkoyz28wnI9V0aHeAuaKnak";

    private readonly NameRegistry<object> _registry = new();
    private readonly object _a = new();
    private readonly object _b = new();

    [Fact]
    public void Claim_FreeName_IsGrantedAndFoundByChannel()
    {
        Assert.Equal(ClaimResult.Granted, _registry.Claim("dht", _a, out object? holder));

        Assert.Null(holder);
        Assert.True(_registry.TryFind(Channel.OfName("dht"), out object? found));
        Assert.Same(_a, found);
        Assert.Equal([_a], _registry.Holders);
    }

    [Fact]
    public void Claim_HeldName_SaysWhoHoldsIt()
    {
        _registry.Claim("dht", _a, out _);

        Assert.Equal(ClaimResult.Held, _registry.Claim("dht", _b, out object? holder));

        Assert.Same(_a, holder);
        Assert.Equal(1, _registry.Count);
    }

    [Fact]
    public void TryGive_FreeOrHeldName_ChangesTheHolder()
    {
        Assert.True(_registry.TryGive("dht", _a, out object? former));
        Assert.Null(former);

        Assert.True(_registry.TryGive("dht", _b, out former));

        Assert.Same(_a, former);
        Assert.Equal([_b], _registry.Holders);
        Assert.False(_registry.Release("dht", _a));
        Assert.True(_registry.Release("dht", _b));
    }

    [Fact]
    public void TryGive_OtherNameWithTheSameMd5_ChangesNothing()
    {
        _registry.Claim(One, _a, out _);

        Assert.False(_registry.TryGive(Other, _b, out object? former));

        Assert.Null(former);
        Assert.Equal([_a], _registry.Holders);
    }

    [Fact]
    public void Claim_OtherNameWithTheSameMd5_IsACollision()
    {
        Assert.Equal(Channel.OfName(One), Channel.OfName(Other));
        _registry.Claim(One, _a, out _);

        Assert.Equal(ClaimResult.Collision, _registry.Claim(Other, _b, out object? holder));

        Assert.Same(_a, holder);
    }

    [Fact]
    public void Claim_NamesThatDifferInCase_AreTwo()
    {
        _registry.Claim("dht", _a, out _);

        Assert.Equal(ClaimResult.Granted, _registry.Claim("DHT", _b, out _));
    }

    [Fact]
    public void Release_ByAnother_ChangesNothing()
    {
        _registry.Claim("dht", _a, out _);

        Assert.False(_registry.Release("dht", _b));
        Assert.False(_registry.Release("dns", _a));

        Assert.True(_registry.TryFind(Channel.OfName("dht"), out _));
    }

    [Fact]
    public void Release_ByTheHolder_FreesTheNameOnce()
    {
        _registry.Claim("dht", _a, out _);

        Assert.True(_registry.Release("dht", _a));
        Assert.False(_registry.Release("dht", _a));

        Assert.False(_registry.TryFind(Channel.OfName("dht"), out _));
        Assert.Equal(ClaimResult.Granted, _registry.Claim("dht", _b, out _));
    }
}

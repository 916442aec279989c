namespace LocalCast.Mesh.Tests.Discovery;

public sealed class MisbehaviourLedgerTests
{
    private static readonly DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Add_FiveSlips_BanForADay_FourDoNot()
    {
        var ledger = new MisbehaviourLedger();
        for (int i = 0; i < 4; i++)
        {
            Assert.False(ledger.Add("a", MisbehaviourLedger.Slip, _wall));
        }

        Assert.False(ledger.IsBanned("a", _wall));
        Assert.True(ledger.Add("a", MisbehaviourLedger.Slip, _wall));
        Assert.True(ledger.IsBanned("a", _wall.AddHours(23.9)));
        Assert.False(ledger.IsBanned("a", _wall.AddHours(24)));
    }

    [Fact]
    public void Add_ExemptAgent_IsNeverBanned()
    {
        var ledger = new MisbehaviourLedger();
        ledger.Exempt("a");

        Assert.False(ledger.Add("a", MisbehaviourLedger.Unbearable, _wall));
        Assert.False(ledger.IsBanned("a", _wall));
    }

    [Fact]
    public void Add_MoreThanItHolds_KeepsTheBans()
    {
        var ledger = new MisbehaviourLedger(10);
        ledger.Add("bad", MisbehaviourLedger.Unbearable, _wall);
        for (int i = 0; i < 100; i++)
        {
            ledger.Add($"flood{i}", MisbehaviourLedger.Slip, _wall.AddSeconds(i));
        }

        Assert.True(ledger.IsBanned("bad", _wall));
        Assert.Equal(10, ledger.Content.Entries.Count);
    }

    [Fact]
    public void Restore_Saved_KeepsTheBan()
    {
        var before = new MisbehaviourLedger();
        before.Add("a", MisbehaviourLedger.Unbearable, _wall);
        var after = new MisbehaviourLedger();

        after.Restore(before.Content, _wall.AddHours(1));

        Assert.True(after.IsBanned("a", _wall.AddHours(1)));
        Assert.False(after.IsBanned("a", _wall.AddHours(25)));
    }

    [Fact]
    public void Restore_ClockWasSetBack_IsNoLongerThanABan()
    {
        var before = new MisbehaviourLedger();
        before.Add("a", MisbehaviourLedger.Unbearable, _wall);
        var after = new MisbehaviourLedger();

        after.Restore(before.Content, _wall.AddYears(-1));

        Assert.False(after.IsBanned("a", _wall.AddYears(-1).AddHours(24)));
    }
}

namespace LocalCast.Broadcasting.Internal;

/// <summary>A claim to a name that somebody holds.</summary>
internal sealed record Claim(Session Claimant, Member Member, Session Holder, TimeSpan Since)
{
    public bool IsHolderAlive => Holder.LastReceived > Since;
}

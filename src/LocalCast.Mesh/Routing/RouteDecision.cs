using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Where a message goes next. None of the fields set: it is for this agent.</summary>
/// <param name="Next">The link to forward it by.</param>
/// <param name="Ttl">How many agents may forward it after this one.</param>
/// <param name="Error">Why it goes nowhere.</param>
internal readonly record struct RouteDecision(PeerLink? Next, byte Ttl, ErrorInfo? Error)
{
    /// <summary>Decides by header fields alone, so that a packet need not be decoded.</summary>
    public static RouteDecision Of(MeshView view, string agent, byte ttl, IReadOnlyList<string>? route)
    {
        if (agent == view.Self.Id)
        {
            return default;
        }

        if (view.Self.IsLeaf)
        {
            return Fail(LocalCastError.NoRoute, $"'{view.Self.Id}' is a leaf and forwards nothing");
        }

        if (route?.Contains(view.Self.Id) == true)
        {
            return Fail(LocalCastError.NoRoute, $"the way to '{agent}' leads in a circle");
        }

        if (ttl <= 1)
        {
            return Fail(LocalCastError.TtlExpired, $"too many agents on the way to '{agent}'");
        }

        if (view.LinkTo(agent) is not { } next)
        {
            return Fail(LocalCastError.NoRoute, $"'{view.Self.Id}' has no route to '{agent}' now");
        }

        // While agents disagree about a change, each may think that the other is nearer.
        return route?.Contains(next.PeerId) == true
            ? Fail(LocalCastError.NoRoute, $"the way to '{agent}' leads back to '{next.PeerId}'")
            : new RouteDecision(next, (byte)(ttl - 1), null);
    }

    private static RouteDecision Fail(LocalCastError code, string why) => new(null, 0, new ErrorInfo(code, why));
}

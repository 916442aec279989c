using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What became of dialling an address, as far as the next attempt is concerned.</summary>
public enum DialOutcome
{
    /// <summary>A link, and a message over it.</summary>
    Linked,

    /// <summary>Nobody there, no room, or lost: the pauses grow.</summary>
    Failed,

    /// <summary>It will not get better by itself (another network, version or clock, or banned): the longest pause at once.</summary>
    Incompatible,

    /// <summary>The agent behind it is linked already: not before that link ends.</summary>
    AlreadyLinked,

    /// <summary>It, or this agent, has no link because a second agent bears the same id: until one of the two gets another the pauses grow.</summary>
    IdTaken,

    /// <summary>It is this agent: never again.</summary>
    Self,
}

/// <summary>The outcome that a refusal means.</summary>
internal static class DialOutcomes
{
    public static DialOutcome Of(LocalCastError refusal) => refusal switch
    {
        LocalCastError.SelfConnect => DialOutcome.Self,
        LocalCastError.DuplicateNode => DialOutcome.AlreadyLinked,
        LocalCastError.NetworkMismatch or LocalCastError.VersionMismatch or LocalCastError.ClockSkew or LocalCastError.Forbidden
            or LocalCastError.Unauthorized or LocalCastError.BadRequest => DialOutcome.Incompatible,
        _ => DialOutcome.Failed,
    };
}

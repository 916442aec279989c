using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Who this agent is in the mesh.</summary>
public sealed record MeshSelf
{
    /// <summary>Its id: the public key of its certificate in hex, or a configured name where there is none.</summary>
    public required string Id { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The mesh it belongs to. Two networks never mix.</summary>
    public required string Network { get; init; }

    /// <summary>Grows with every start, so that a restarted agent is newer than what is remembered of it: milliseconds since 1970 at its start.</summary>
    public required ulong Boot { get; init; }

    /// <summary>When it was born, by <see cref="AgentBirth.Of"/>: of two agents with one id the younger leaves. <see langword="null"/>: it does not say, and never leaves.</summary>
    public ulong? Born { get; init; }

    /// <summary>Its software and version.</summary>
    public string Software { get; init; } = "LocalCast";

    /// <summary>Where others can dial it, or <see langword="null"/> when they cannot.</summary>
    public string? ListenAddress { get; init; }

    /// <summary>Whether nothing passes through it: it takes part and forwards nothing for others.</summary>
    public bool IsLeaf { get; init; }

    /// <summary>Whether other agents are told of the participants of this machine and of what they subscribe to.</summary>
    public bool TellsNodes { get; init; } = true;

    /// <summary>Groups whose messages it may see.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Why this agent cannot have a peer at an address that a person entered; nothing when it can.</summary>
    /// <param name="entered">What the person wrote.</param>
    /// <param name="address">The one form of the address.</param>
    public ErrorInfo? WhyNotPeer(string entered, out string address)
    {
        string? why = EnteredAddress.WhatIsWrong(entered);
        address = Addresses.TryNormalize(entered, out string? normal) ? normal : entered;
        return why is not null ? new(LocalCastError.BadRequest, $"the peer '{entered}' is no address such as ws://host:46356: {why}")
            : Addresses.TryNormalize(ListenAddress, out string? own) && address == own ? new(LocalCastError.SelfConnect, $"the peer '{entered}' is the address of this agent itself")
            : null;
    }
}

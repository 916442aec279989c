namespace LocalCast;

/// <summary>How far a discovery or a requirement reaches.</summary>
public enum Scope
{
    /// <summary>The nodes of this machine.</summary>
    Machine,

    /// <summary>The nodes of all agents that can be reached, this machine's included.</summary>
    Mesh,
}

namespace LocalCast.Mesh;

/// <summary>A place in the mesh: a node, an agent, or a node of an agent (<c>name@agent</c>, <c>@agent</c>).</summary>
/// <param name="Node">The node; empty for the agent itself.</param>
/// <param name="Agent">The agent; <see langword="null"/> when it is left open.</param>
public readonly record struct MeshAddress(string Node, string? Agent)
{
    /// <summary>Reads an address.</summary>
    public static MeshAddress Parse(string? text)
    {
        int at = text?.IndexOf('@', StringComparison.Ordinal) ?? -1;
        return at < 0 ? new MeshAddress(text ?? "", null) : new MeshAddress(text![..at], text[(at + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => Agent is null ? Node : $"{Node}@{Agent}";
}

namespace LocalCast.Mesh;

/// <summary>A place in the mesh: a node, an agent, or a node of an agent (<c>name@agent</c>, <c>@agent</c>).</summary>
/// <param name="Node">The node; empty for the agent itself.</param>
/// <param name="Agent">The agent; <see langword="null"/> when it is left open.</param>
public readonly record struct MeshAddress(string Node, string? Agent)
{
    private const int Places = 256; // a power of two

    [ThreadStatic]
    private static (string Text, MeshAddress Address)[]? _known;

    /// <summary>Reads an address. Those that a thread met last are remembered: a message bears two, and they are looked at several times.</summary>
    public static MeshAddress Parse(string? text)
    {
        if (text is null)
        {
            return new MeshAddress("", null);
        }

        ref (string Text, MeshAddress Address) place = ref (_known ??= new (string, MeshAddress)[Places])[text.GetHashCode(StringComparison.Ordinal) & (Places - 1)];
        if (place.Text != text)
        {
            place = (text, Take(text));
        }

        return place.Address;
    }

    private static MeshAddress Take(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new MeshAddress(text, null) : new MeshAddress(text[..at], text[(at + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => Agent is null ? Node : $"{Node}@{Agent}";
}

namespace LocalCast.Mesh;

/// <summary>The rules for the id of an agent.</summary>
public static class AgentId
{
    /// <summary>The most characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Says why a text is no id, in words that follow its name.</summary>
    public static string? WhatIsWrong(string? id) =>
        string.IsNullOrEmpty(id) ? "is missing: an agent says its id"
        : id.Length > MaxLength ? $"has {id.Length} characters, the id of an agent has at most {MaxLength}"
        : id.Contains('@', StringComparison.Ordinal) ? "has '@', which separates a node from its agent"
        : id.Any(char.IsControl) ? "has control characters"
        : null;
}

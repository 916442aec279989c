using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace LocalCast.Protocol;

/// <summary>The rules for the name of a participant.</summary>
public static class NodeName
{
    /// <summary>The name under which the agent itself is addressed; nobody may join with it.</summary>
    public const string Agent = "localcast";

    /// <summary>Names that start with this are kept for the mesh.</summary>
    public const string ReservedPrefix = "p2p";

    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 128;

    /// <summary>Says why a name cannot be used, in words for the one who chose it.</summary>
    /// <returns><see langword="true"/> when the name is good.</returns>
    public static bool IsValid([NotNullWhen(true)] string? name, [NotNullWhen(false)] out string? why)
    {
        why = name switch
        {
            null or "" => "a name must not be empty",
            { Length: > MaxLength } => $"a name has at most {MaxLength} characters, this one has {name.Length}",
            Agent => $"the name '{Agent}' is reserved for the agent",
            _ when name.StartsWith(ReservedPrefix, StringComparison.Ordinal) => $"names that start with '{ReservedPrefix}' are reserved for the mesh",
            _ when Channel.TryParse(name, out _) => "a name must not look like a channel (32 hex digits)",
            _ when name.Contains('@', StringComparison.Ordinal) => "a name must not contain '@', which separates a node from its agent",
            _ when HasControlOrBrokenCharacter(name) => "a name must not contain control characters or half surrogate pairs",
            _ => null,
        };
        return why is null;
    }

    private static bool HasControlOrBrokenCharacter(string name)
    {
        foreach (Rune rune in name.EnumerateRunes())
        {
            // EnumerateRunes replaces a lone surrogate by U+FFFD, which is no use in a name either.
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            {
                return true;
            }
        }

        return false;
    }
}

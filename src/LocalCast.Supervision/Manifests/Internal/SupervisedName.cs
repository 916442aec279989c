using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>The rules for the name of a node that the agent runs: those of every node, that folders for its data and logs can be called so, on any system, and that it is one word.</summary>
internal static class SupervisedName
{
    private const int MaxBytes = 200;

    private static readonly SearchValues<char> _noFileNameHas = SearchValues.Create("/\\:*?\"<>|");

    public static bool IsValid([NotNullWhen(true)] string? name, [NotNullWhen(false)] out string? why)
    {
        if (!NodeName.IsValid(name, out why))
        {
            return false;
        }

        why = name switch
        {
            _ when name.AsSpan().ContainsAny(_noFileNameHas) => "the name of a node that the agent runs must not contain any of / \\ : * ? \" < > |, because folders are called by it",
            _ when name.Any(char.IsWhiteSpace) => "the name of a node that the agent runs must not contain spaces, because it is a word of commands and lists",
            _ when name[0] is '.' || name[^1] is '.' => "the name of a node that the agent runs must not begin or end with a dot, because folders are called by it",
            _ when Encoding.UTF8.GetByteCount(name) > MaxBytes => $"the name of a node that the agent runs has at most {MaxBytes} bytes, because folders are called by it",
            _ => null,
        };
        return why is null;
    }
}

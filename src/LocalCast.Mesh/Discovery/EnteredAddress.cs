using System.Globalization;

namespace LocalCast.Mesh;

/// <summary>Addresses of agents as people write them. Stricter than <see cref="Addresses.TryNormalize"/>, which takes what other agents tell: whoever writes a path means something by it.</summary>
public static class EnteredAddress
{
    private static readonly string[] _schemes = ["ws", "wss", "http", "https"];

    /// <summary>Why a text is no address to dial, as a sentence of its own.</summary>
    /// <returns><see langword="null"/> when it is one.</returns>
    public static string? WhatIsWrong(string text)
    {
        if (text.Length > Addresses.MostLength)
        {
            return $"it has {text.Length} characters, an address has at most {Addresses.MostLength}";
        }

        int at = text.IndexOf("://", StringComparison.Ordinal);
        if (at < 0)
        {
            return "ws:// is missing at its beginning";
        }

        if (!_schemes.Contains(text[..at], StringComparer.OrdinalIgnoreCase))
        {
            return $"agents are dialled by ws:// or wss://, not by {text[..at]}://";
        }

        string behind = text[(at + 3)..];
        int end = behind.IndexOfAny(['/', '?', '#']);
        string authority = end < 0 ? behind : behind[..end];
        return authority.Contains('@', StringComparison.Ordinal) ? "an address has no user and no password"
            : WhatIsWrongWithPort(authority) is { } why ? why
            : end >= 0 && behind[end..] != "/" ? $"an address ends with its port, '{behind[end..]}' does not belong to it"
            : Addresses.TryNormalize(text, out _) ? null
            : $"'{authority}' is no host";
    }

    /// <summary>All addresses that a text may mean: itself, its one form, and for <c>host:port</c> those with a scheme.</summary>
    public static IReadOnlyList<string> Spellings(string text)
    {
        if (Addresses.TryNormalize(text, out string? normal))
        {
            return [text, normal];
        }

        bool hasPort = text.LastIndexOf(':') is > 0 and var at && ushort.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return hasPort && Addresses.TryNormalize("ws://" + text, out string? open) && Addresses.TryNormalize("wss://" + text, out string? secured) ? [text, open, secured] : [text];
    }

    private static string? WhatIsWrongWithPort(string authority)
    {
        int colon = authority.LastIndexOf(':');
        if (colon < 0 || colon < authority.LastIndexOf(']')) // colons of IPv6 stand in brackets
        {
            return null;
        }

        string port = authority[(colon + 1)..];
        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number > 0 ? null
            : $"its port has to be a number from 1 to {ushort.MaxValue}, not '{port}'";
    }
}

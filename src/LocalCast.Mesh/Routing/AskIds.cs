using System.Globalization;

namespace LocalCast.Mesh;

/// <summary>The ids under which calls go to other agents: with the agent's start in them, so that one that starts anew does not meet what others remember of it.</summary>
internal sealed class AskIds(ulong boot)
{
    public string Of(uint sequence) => string.Create(CultureInfo.InvariantCulture, $"{boot:x}-{sequence:x}");

    public bool TryRead(string id, out uint sequence)
    {
        sequence = 0;
        int dash = id.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && ulong.TryParse(id.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong start) && start == boot
            && uint.TryParse(id.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sequence);
    }
}

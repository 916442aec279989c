using System.Text.RegularExpressions;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent in a mesh.</summary>
internal sealed partial record MeshAgent(string Id, CommandProcess Process, IReadOnlyList<string> Peers)
{
    /// <summary>Where others dial it.</summary>
    public string Url => UrlPattern().Match(Process.Output).Groups[1].Value;

    [GeneratedRegex(@"^  mesh .* at (ws://\S+?)(,|$)", RegexOptions.Multiline)]
    private static partial Regex UrlPattern();
}

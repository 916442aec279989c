using System.Globalization;
using System.Text.RegularExpressions;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent in a mesh.</summary>
internal sealed partial record MeshAgent(string Id, CommandProcess Process, IReadOnlyList<string> Peers, MeshAgentSetup Setup)
{
    /// <summary>Where others dial it.</summary>
    public string Url => UrlPattern().Match(Process.Output).Groups[1].Value;

    public string Port => new Uri(Url).Port.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^  mesh .* at (ws://\S+?)(,|$)", RegexOptions.Multiline)]
    private static partial Regex UrlPattern();
}

/// <summary>What is special about an agent.</summary>
internal sealed record MeshAgentSetup
{
    /// <summary>Its id among agents, where that is not what the test calls it.</summary>
    public string? NodeId { get; init; }

    /// <summary>Further options of <c>up</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The folder with its plugins, if it has any.</summary>
    public string? Plugins { get; init; }
}

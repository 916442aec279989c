using LocalCast.Supervision.Tests.Graph;

namespace LocalCast.Supervision.Tests.Explaining;

internal static class Views
{
    /// <summary>The moment at which the tests look.</summary>
    public static readonly TimeSpan Now = TimeSpan.FromSeconds(100);

    /// <summary>A node in a state since some seconds before <see cref="Now"/>.</summary>
    public static NodeView One(string line, SupervisedState state, double forSeconds) => new() { Manifest = Nodes.One(line), State = state, Since = Now - TimeSpan.FromSeconds(forSeconds) };

    public static IReadOnlyDictionary<string, NodeView> All(params NodeView[] views) => views.ToDictionary(view => view.Manifest.Name);

    public static TimeSpan In(double seconds) => Now + TimeSpan.FromSeconds(seconds);
}

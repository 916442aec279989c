namespace LocalCast.Supervision.Internal;

/// <summary>Makes the pictures of nodes that others may look at. One that did not change is not made again.</summary>
internal static class Views
{
    internal static NodeView Of(Node node) => node.View ??= Make(node);

    private static NodeView Make(Node node)
    {
        Instance? serving = node.Current ?? node.Other;
        ForeignInstance? foreign = serving is null ? node.Foreign : null;
        return new NodeView
        {
            Manifest = node.Manifest,
            State = node.State,
            Since = node.Since,
            Reason = node.Reason,
            Until = node.Until,
            WaitingOn = node.Wait.On,
            Restarts = node.Restarts,
            Failures = node.Failures,
            AreFailuresMixed = node.AreFailuresMixed,
            Generation = serving?.Generation ?? node.Generation,
            Pid = serving is null ? foreign?.Pid : serving.Pid,
            IsForeign = foreign is not null,
            HasJoined = serving?.IsJoined ?? foreign is not null,
            StoppedBy = node.StoppedBy,
            LastExit = node.LastExit,
            LastProbe = node.LastProbe,
            Notes = [.. Notes(node, serving)],
            Boot = node.Boot,
            FirstBoot = node.FirstBoot,
            Upgrade = node.UpgradeReport,
            History = node.History,
        };
    }

    private static IEnumerable<string> Notes(Node node, Instance? serving)
    {
        if (node.IsGone)
        {
            yield return "its plugin folder is gone";
        }

        if (node.Refusal is { } refusal && node.IsAlive)
        {
            yield return $"its manifest is refused: {refusal}";
        }

        if (node is { Other.IsGivenUp: true, Current: not null })
        {
            yield return $"launch {node.Other.Generation} could not be killed";
        }

        if (serving?.Misnamed is { } name)
        {
            yield return $"it tried to join as '{name}'";
        }

        foreach (string note in serving?.Notes ?? [])
        {
            yield return note;
        }
    }
}

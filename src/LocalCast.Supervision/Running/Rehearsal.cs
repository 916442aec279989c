using LocalCast.Supervision.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Supervision;

/// <summary>
/// Boots two made-up nodes in a loop and a machine of their own, without any process. Played while an agent still reads its manifests: what
/// the compiler does then, the first nodes do not wait for.
/// </summary>
public static class Rehearsal
{
    private const string Ready = "ready";

    /// <summary>Plays it once; nothing comes of it.</summary>
    public static async Task PlayAsync(TimeProvider timeProvider)
    {
        NodeManifest first = Manifest("first");
        NodeManifest second = Manifest("second") with { Requires = [new Requirement { Node = first.Name }] };
        var graph = new DependencyGraph([first, second], new HashSet<string>(StringComparer.Ordinal));
        var live = new LiveInstances();
        live.Keep([first.Name, second.Name]);
        SupervisorLoop? loop = null;
        loop = new SupervisorLoop(new SupervisorMachine(new MachineOptions(), () => 0), effect => Act(effect, loop!, live), timeProvider, NullLogger.Instance);
        await using (loop.ConfigureAwait(false))
        {
            loop.TurnEnded += Look;
            loop.Start();
            await loop.AskAsync((machine, now) =>
            {
                machine.Load([first, second], graph.Refusals, now);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private static void Act(Effect effect, SupervisorLoop loop, LiveInstances live)
    {
        if (effect is Effect.Launch { Node: var node, Generation: var generation } launch)
        {
            live.Add(node, generation, node);
            loop.Post((machine, now) => machine.Launched(node, generation, pid: null, [], now));
            if (ReadinessPattern.Compile(launch.Manifest.Readiness.Pattern!).IsMatch(Ready))
            {
                loop.Post((machine, now) => machine.LineMatched(node, generation, now));
            }
        }
    }

    private static void Look(SupervisorMachine machine)
    {
        foreach (string name in machine.TakeChanged())
        {
            _ = machine.TryView(name, out _);
        }
    }

    private static NodeManifest Manifest(string name) => new()
    {
        Name = name,
        Folder = "",
        Source = "a rehearsal",
        Fingerprint = name,
        Run = new RunSpec { Exec = name },
        Readiness = new ReadinessSpec { Kind = ReadinessKind.Log, Pattern = $"^{Ready}$" },
    };
}

using System.Security.Cryptography;

namespace LocalCast.Supervision.Internal;

/// <summary>Does what the machine decided. Runs on the loop; nothing here blocks.</summary>
internal sealed class EffectExecutor(Supervisor supervisor, SupervisorParts parts, LiveInstances live, Reporter reporter, Action<bool> remember)
{
    private const int TokenBytes = 16;

    public void Execute(Effect effect)
    {
        switch (effect)
        {
            case Effect.Launch launch:
                Launch(launch);
                break;
            case Effect.AskToStop ask:
                parts.Bus.AskToStop(ask.Node, ask.Generation, ask.Within, ask.Reason);
                break;
            case Effect.Terminate terminate when live.TryGet(terminate.Node, terminate.Generation, out IInstance? instance):
                instance.Terminate();
                break;
            case Effect.Kill kill when live.TryGet(kill.Node, kill.Generation, out IInstance? instance):
                instance.Kill();
                break;
            case Effect.Ping ping:
                parts.Bus.Ping(ping.Node, ping.Generation);
                break;
            case Effect.Probe probe:
                _ = ProbeAsync(probe);
                break;
            case Effect.HoldCalls hold:
                parts.Bus.HoldCalls(hold.Node);
                break;
            case Effect.ReleaseCalls release:
                parts.Bus.ReleaseCalls(release.Node);
                break;
            case Effect.FailCalls fail:
                parts.Bus.FailCalls(fail.Node, fail.Error);
                break;
            case Effect.WatchDrain drain:
                parts.Bus.WatchDrain(drain.Node, drain.Generation);
                break;
            case Effect.MoveName move:
                parts.Bus.MoveName(move.Node, move.Generation);
                live.GiveName(move.Node, move.Generation); // second: one that joins in between stands by, and is moved when it has arrived
                break;
            case Effect.AskIdle ask:
                TimeSpan idle = parts.Bus.IdleTime(ask.Node);
                supervisor.Loop.Post((machine, now) => machine.IdleFor(ask.Node, ask.Generation, idle, now));
                break;
            case Effect.AskMesh ask:
                _ = AskMeshAsync(ask);
                break;
            case Effect.Report report:
                reporter.Post(report);
                break;
            case Effect.StopAgent stop:
                supervisor.StopAgent(stop.ExitCode, stop.Reason);
                break;
            default:
                break; // a signal to an instance that is gone meanwhile
        }
    }

    private void Launch(Effect.Launch launch)
    {
        NodeManifest manifest = launch.Manifest;
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        try
        {
            LaunchSpec spec = parts.SpecOf(manifest, launch.Generation, token);
            live.Add(launch.Node, launch.Generation, token, OutputFiles.Of(spec));
            var listener = new InstanceListener(spec, supervisor.Loop, live, parts.Logs.For(launch.Node), remember);
            (manifest.Run.IsInProcess ? parts.InProcess : parts.Processes).Launch(spec, listener);
        }
        catch (Exception e)
        {
            // Its data folder could not be made, say. Whatever it was, the machine waits for an answer.
            live.Remove(launch.Node, launch.Generation);
            supervisor.Loop.Post((machine, now) => machine.LaunchFailed(launch.Node, launch.Generation, e.Message, isPermanent: false, now));
        }
    }

    private async Task ProbeAsync(Effect.Probe probe)
    {
        ProbeResult result;
        try
        {
            result = supervisor.Views.TryGetValue(probe.Node, out NodeView? view) ? await AskAsync(view.Manifest, probe.Generation).ConfigureAwait(false) : new ProbeResult(false, "the node is gone");
        }
        catch (Exception e)
        {
            result = new ProbeResult(false, e.Message); // whatever it was, the machine waits for an answer
        }

        supervisor.Loop.Post((machine, now) => machine.ProbeEnded(probe.Node, probe.Generation, result.IsOk, result.Output, now));
    }

    private async Task AskMeshAsync(Effect.AskMesh ask)
    {
        bool isShown = false;
        try
        {
            isShown = await Task.Run(() => parts.AskMesh(ask.Requirement, ask.Within)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SupervisorLog.MeshAskFailed(parts.Logger, ask.Requirement.Node, e); // whatever it was, the machine waits for an answer
        }

        supervisor.Loop.Post((machine, now) => machine.MeshConfirmed(ask.Node, ask.Requirement.Node, isShown, now));
    }

    private async Task<ProbeResult> AskAsync(NodeManifest manifest, int generation)
    {
        ReadinessSpec readiness = manifest.Readiness;
        if (readiness.Url is not { } url)
        {
            return await parts.Probes.ExecAsync(parts.SpecOf(manifest, generation, ""), readiness.Command, readiness.ProbeTimeout, CancellationToken.None).ConfigureAwait(false);
        }

        ProbeResult result = await parts.Probes.HttpAsync(url, readiness.ProbeTimeout, CancellationToken.None).ConfigureAwait(false);
        return manifest.Run.Secrets.Count > 0 && SecretMask.For(parts.SpecOf(manifest, generation, "")) is { } secrets
            ? result with { Output = secrets.Apply(result.Output) } // the node chooses the words that it answers with
            : result;
    }
}

using System.Runtime.Versioning;
using LocalCast.Supervision;
using LocalCast.Supervision.Tests.Launcher;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: SupportedOSPlatform("linux")]

// An agent to be killed: starts a child, and one that survives; prints who they are, and waits.
await using var runner = new ProcessRunner(new ProcessRunnerOptions(), NullLogger<ProcessRunner>.Instance, TimeProvider.System);
foreach (bool survives in new[] { false, true })
{
    var listener = new PrintingListener();
    runner.Launch(Children.Describe(survives), listener);
    await listener.Told;
}

await Task.Delay(Timeout.Infinite);

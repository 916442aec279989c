using System.Runtime.Versioning;
using LocalCast.Supervision;
using LocalCast.Supervision.Tests.Launcher;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: SupportedOSPlatform("linux")]

// An agent to be killed: runs the script that it is given, and then a process that survives. Says who they are, and what they print; ends
// in order at the end of its input, and starts something short for each line of it.
var options = new ProcessRunnerOptions { GuardShells = args.Contains("--no-guard") ? [] : new ProcessRunnerOptions().GuardShells };
if (args.Contains("--small-pipe"))
{
    options.GuardPipeBytes = 4096;
}

await using var runner = new ProcessRunner(options, NullLogger<ProcessRunner>.Instance, TimeProvider.System);
foreach ((string script, bool survives) in new[] { (args[0], false), ("exec sleep 1000", true) })
{
    var listener = new PrintingListener();
    runner.Launch(Children.Describe(script, survives, $"{Environment.ProcessId}-{survives}"), listener);
    await listener.Told;
}

while (await Console.In.ReadLineAsync() is not null)
{
    var listener = new QuietListener();
    runner.Launch(Children.Describe("exit 0", survives: false, ""), listener);
    await listener.Ended;
    Console.WriteLine("launched");
}

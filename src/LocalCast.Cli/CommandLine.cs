using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using LocalCast.Cli.Bench;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli;

/// <summary>The command line as a whole: which commands there are, how it is parsed, and what a wrong one gets.</summary>
internal static class CommandLine
{
    // No response files: an argument such as @home is data. No bundling: there are no short options to bundle.
    private static readonly ParserConfiguration _parsing = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = Create();
        ParseResult parsed = root.Parse(args, _parsing);
        if (parsed.CommandResult.Command is { Action: null } group && parsed.Action is not (null or ParseErrorAction))
        {
            return await parsed.InvokeAsync(Invocation()); // --help or --version of a group
        }

        if (parsed.Action is ParseErrorAction or null)
        {
            return await UsageErrors.ReportAsync(parsed);
        }

        if (UsageErrors.FindMistakenOption(parsed, args) is { } mistaken)
        {
            return UsageErrors.Report(parsed.CommandResult.Command, [mistaken]);
        }

        return await parsed.InvokeAsync(Invocation());
    }

    private static RootCommand Create()
    {
        var root = new RootCommand("Programs on one machine find each other, call each other and publish to each other through one agent.")
        {
            new UpCommand(),
            new PingCommand(),
            new PsCommand(),
            new WhyCommand(),
            new OrderCommand("start", "Start nodes, and before them what they require, and wait until they are ready. A node that is up already is left as it is.", "localcast start dht", "localcast start dns dht --timeout 10"),
            new StopCommand(),
            new OrderCommand("restart", "Stop nodes and start them again, and with them those that are bound to them (requires with mode bind). Calls fail meanwhile; upgrade loses none.", "localcast restart dns", "localcast restart dns clock --timeout 20"),
            new OrderCommand("upgrade", "Put a new instance in the place of the one that runs, without dropping calls, and wait until it has proved itself (5 s unless node.json says otherwise); if it fails in that time, the old one serves again.", "localcast upgrade dns", "localcast upgrade dns && localcast ps"),
            new LogsCommand(),
            new GraphCommand(),
            new BootCommand(),
            new CallCommand(),
            new RequireCommand(),
            new PeersCommand(),
            PeerGroup.Create(),
            new RouteCommand(),
            new PublishCommand(),
            new SubscribeCommand(),
            new ServeEchoCommand(),
            new PluginHostCommand(),
            BenchGroup.Create(),
        };
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Action = new HelpWithExamples((HelpAction)help.Action!);
            }
            else if (option is VersionOption version)
            {
                version.Action = new PrintVersion();
            }
        }

        return root;
    }

    // Signals and exceptions are ours: see Interruption and Failures.
    private static InvocationConfiguration Invocation() => new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(ProductVersion.Text);
            return ExitCodes.Success;
        }
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli;

/// <summary>The usual help, and after it examples to copy.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly string[] _firstSteps =
    [
        "localcast up                                   # start the agent and the plugins in ./plugins; Ctrl-C stops both",
        "localcast ps                                   # in another terminal: which nodes run, and which do not?",
        "localcast why NODE                             # why is that one not up?",
        "localcast serve-echo --name trial              # no plugins yet? this is a node to try things on",
        "localcast call trial upper hello               # call a method of a node",
    ];

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = usual.Invoke(parseResult);
        IReadOnlyList<string> examples = parseResult.CommandResult.Command switch
        {
            CliCommand command => command.Examples,
            RootCommand => _firstSteps,
            _ => [],
        };
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }
        }

        return exitCode;
    }
}

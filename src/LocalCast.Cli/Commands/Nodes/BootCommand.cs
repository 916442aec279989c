using System.CommandLine;
using System.Text.Json;

namespace LocalCast.Cli.Commands;

/// <summary><c>boot</c></summary>
internal sealed class BootCommand : ClientCommand
{
    public BootCommand()
        : base("boot", "Print how the nodes came up in time when the agent started: who waited for whom, and which nodes (*) decided how long it took. Nodes that were started later are listed below.", "localcast boot", "localcast boot --json")
    {
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        JsonElement answer = await node.AskAsync("boot", [], timeout: null, stop);
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(answer.WriteTo);
        }
        else
        {
            Lines.Write(answer.GetProperty("text").GetString()!);
        }

        return ExitCodes.Success;
    }
}

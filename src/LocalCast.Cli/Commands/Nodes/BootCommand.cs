using System.CommandLine;
using System.Text.Json;

namespace LocalCast.Cli.Commands;

/// <summary><c>boot</c></summary>
internal sealed class BootCommand : ClientCommand
{
    public BootCommand()
        : base("boot", "Print how the last start went in time: who waited for whom, and the path that decided how long it took.", "localcast boot", "localcast boot --json")
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

using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary>A command that joins as a client, asks, and goes.</summary>
internal abstract class ClientCommand : CliCommand
{
    private readonly Option<bool> _json = SharedOptions.Json();

    protected ClientCommand(string name, string description, params string[] examples)
        : base(name, description, examples) => Add(_json);

    /// <summary>Whether it stays until it is stopped, and so waits for an agent that went.</summary>
    protected virtual bool IsLasting => false;

    protected bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        await using LocalNode node = await Participation.JoinAsClientAsync(PipeOf(parsed), IsLasting, stop);
        return await RunAsync(node, parsed, stop);
    }

    protected abstract Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop);
}

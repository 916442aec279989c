using System.CommandLine;

namespace LocalCast.Cli.Commands;

/// <summary>What all commands have: a pipe, examples, and an end in order.</summary>
internal abstract class CliCommand : Command
{
    private readonly Option<string?> _pipe = SharedOptions.Pipe();

    protected CliCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        Add(_pipe);
        SetAction((parsed, _) => Failures.GuardAsync(interruption => RunAsync(parsed, interruption.Token), PipeOf(parsed)));
    }

    /// <summary>Command lines to copy, shown by <c>--help</c>.</summary>
    public IReadOnlyList<string> Examples { get; }

    protected string? PipeOf(ParseResult parsed) => parsed.GetValue(_pipe);

    /// <summary>Does the work.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="stop">Cancelled when the user wants it to end.</param>
    /// <returns>The exit code.</returns>
    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken stop);
}

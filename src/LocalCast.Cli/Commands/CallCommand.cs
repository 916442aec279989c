using System.CommandLine;
using System.Text;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>call NODE METHOD [ARG…]</c></summary>
internal sealed class CallCommand : ClientCommand
{
    private readonly Argument<string> _node = new("NODE") { Description = "Whom to call; localcast is the agent itself." };
    private readonly Argument<string> _method = new("METHOD") { Description = "What to call." };
    private readonly Argument<string[]> _arguments = new("ARG") { Description = "Each is JSON if it parses as JSON, else a string.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<double?> _timeout = SharedOptions.Timeout("How long to wait for the result (default 30).");

    public CallCommand()
        : base(
            "call",
            "Call a method of a node and print its result: as bare JSON when --json is given or stdout is no terminal.",
            "localcast call echo echo hello",
            "localcast call dns resolve example.org --timeout 2",
            "localcast call dht put greeting '{\"text\":[1,2]}'",
            "localcast call echo echo -- --not-an-option")
    {
        Add(_node);
        Add(_method);
        Add(_arguments);
        Add(_timeout);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        string[] words = parsed.GetValue(_arguments) ?? [];
        object?[] arguments = [.. words.Select(word => (object?)JsonArgument.Parse(word))];
        JsonElement result;
        try
        {
            result = await node.CallAsync<JsonElement>(
                parsed.GetRequiredValue(_node), parsed.GetRequiredValue(_method), arguments, SharedOptions.ToTime(parsed.GetValue(_timeout)), stop);
        }
        catch (LocalCastException e) when (e.Code == LocalCastError.NodeNotFound && !parsed.GetRequiredValue(_node).Contains('@', StringComparison.Ordinal))
        {
            string name = parsed.GetRequiredValue(_node);
            return Failures.Report(e.Error, await Elsewhere.HintAsync(node, name, stop) ?? await WhoWasMeant.AskAsync(node, name, stop));
        }
        catch (LocalCastException e) when (e.Code is LocalCastError.BadRequest or LocalCastError.HandlerFailed && JsonArgument.WhatWasMeantAsJson(words) is not null)
        {
            return Failures.Report(e.Error, JsonArgument.WhatWasMeantAsJson(words));
        }
        if (JsonArgument.WhatWasMeantAsJson(words) is { } asText)
        {
            Failures.Remark(asText);
        }

        if (result.ValueKind == JsonValueKind.Undefined)
        {
            StandardOutput.WriteLine("null"u8); // no result is a null result
        }
        else if (WantsJson(parsed) || Console.IsOutputRedirected)
        {
            StandardOutput.WriteLine(Encoding.UTF8.GetBytes(result.GetRawText()));
        }
        else
        {
            StandardOutput.WriteJson(result.WriteTo, isIndented: true);
        }

        return ExitCodes.Success;
    }
}

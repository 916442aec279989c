using System.CommandLine;
using System.CommandLine.Parsing;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>publish TOPIC DATA</c></summary>
internal sealed class PublishCommand : ClientCommand
{
    private const string OwnTopics = "localcast.";

    private readonly Argument<string> _topic = new("TOPIC") { Description = "The topic, without wildcards." };
    private readonly Argument<string> _data = new("DATA") { Description = "JSON if it parses as JSON, else a string." };

    private readonly Option<PublishMode> _mode = new("--mode")
    {
        Description = "all: every subscriber. one: one subscriber, which has it when this ends. every: every node, subscribed or not.",
        HelpName = "all|one|every",
        DefaultValueFactory = _ => PublishMode.All,
        CustomParser = ParseMode,
    };

    public PublishCommand()
        : base(
            "publish",
            "Publish one message on a topic.",
            "localcast publish sensors.kitchen.temp 21.5",
            "localcast publish jobs '{\"job\":1}' --mode one")
    {
        Add(_topic);
        Add(_data);
        Add(_mode);
    }

    protected override Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        Check(parsed.GetRequiredValue(_topic)); // before anybody is asked
        return base.RunAsync(parsed, stop);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        string topic = parsed.GetRequiredValue(_topic);
        PublishMode mode = parsed.GetRequiredValue(_mode);
        await node.PublishAsync(topic, JsonArgument.Parse(parsed.GetRequiredValue(_data)), mode, stop);
        await node.ListAsync(stop); // frames are taken in order: once this is answered, the agent has the message and did not refuse it
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("topic", topic);
                writer.WriteString("mode", mode.ToString().ToLowerInvariant());
                writer.WriteEndObject();
            });
        }

        return ExitCodes.Success;
    }

    private static PublishMode ParseMode(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "all":
                return PublishMode.All;
            case "one":
                return PublishMode.One;
            case "every":
                return PublishMode.Every;
            default:
                result.AddError($"--mode: expected all, one or every, got '{result.Tokens[0].Value}'");
                return PublishMode.None;
        }
    }

    // The agent answers a publication that asks for no acknowledgement with silence, refused or not: what can be known is said here.
    private static void Check(string topic)
    {
        if (Topic.WhatIsWrong(topic, allowWildcards: false) is { } why)
        {
            throw new LocalCastException(LocalCastError.BadRequest, why);
        }

        if (topic.StartsWith(OwnTopics, StringComparison.Ordinal))
        {
            throw new LocalCastException(LocalCastError.Forbidden, $"topics that start with '{OwnTopics}' are published by the agent alone");
        }
    }
}

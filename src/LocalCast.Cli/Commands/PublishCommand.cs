using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>publish TOPIC DATA</c></summary>
internal sealed class PublishCommand : ClientCommand
{
    private const string OwnTopics = "localcast.";

    private readonly Argument<string> _topic = new("TOPIC") { Description = "The topic, without wildcards." };
    private readonly Argument<string> _data = new("DATA") { Description = "JSON if it parses as JSON, else a string." };

    private readonly Option<PublishMode?> _mode = new("--mode")
    {
        Description = "all: every subscriber; the default. one: one subscriber, which has it when this ends. every: every node, subscribed or not.",
        HelpName = "all|one|every",
        CustomParser = ParseMode,
    };

    public PublishCommand()
        : base(
            "publish",
            "Publish one message on a topic, and say for how many it was queued: participants of this machine, and one more for all other agents together when it goes there.",
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
        PublishMode mode = parsed.GetValue(_mode) ?? PublishMode.All;
        string data = parsed.GetRequiredValue(_data);
        int delivered = await node.PublishAndCountAsync(topic, JsonArgument.Parse(data), mode, stop);
        if (JsonArgument.WhatWasMeantAsJson([data], _data.Name) is { } asText)
        {
            Failures.Remark(asText);
        }

        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("topic", topic);
                writer.WriteString("mode", mode.ToString().ToLowerInvariant());
                writer.WriteNumber("delivered", delivered);
                writer.WriteEndObject();
            });
        }
        else
        {
            StandardOutput.WriteLine(Describe(mode, delivered));
        }

        return ExitCodes.Success;
    }

    /// <summary>What the agent's acknowledgement says, and no more: it is queued, except for the one that has it.</summary>
    private static string Describe(PublishMode mode, int delivered) => (mode, delivered) switch
    {
        (PublishMode.One, _) => "1 subscriber has it",
        (PublishMode.Every, 0) => "nobody is there",
        (_, 0) => "nobody subscribes to it",
        (_, 1) => "queued for 1",
        _ => string.Create(CultureInfo.InvariantCulture, $"queued for {delivered}"),
    };

    private static PublishMode? ParseMode(ArgumentResult result)
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
                return null;
        }
    }

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

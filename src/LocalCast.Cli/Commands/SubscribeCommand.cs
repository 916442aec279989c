using System.CommandLine;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>subscribe TOPIC</c></summary>
internal sealed class SubscribeCommand : ClientCommand
{
    private readonly Argument<string> _topic = new("TOPIC") { Description = "A topic; * stands for one token, a final > for one or more." };
    private readonly Option<int> _count = SharedOptions.WholeNumber("--count", "End after so many messages (default: only when stopped).", 1, int.MaxValue, byDefault: null);

    public SubscribeCommand()
        : base(
            "subscribe",
            "Print what is published on a topic, one line per message, until Ctrl-C. With --json each line is {topic, from, data, missed}.",
            "localcast subscribe 'sensors.>'",
            "localcast subscribe localcast.nodes --json",
            "localcast subscribe jobs --count 1")
    {
        Add(_topic);
        Add(_count);
    }

    protected override bool IsLasting => true;

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        bool asJson = WantsJson(parsed);
        int left = parsed.GetValue(_count) is > 0 and int count ? count : int.MaxValue;
        Participation.TellAboutAgent(node);
        await using NodeSubscription<JsonElement> subscription = await node.OpenSubscriptionAsync<JsonElement>(parsed.GetRequiredValue(_topic), stop);
        if (!asJson)
        {
            await Console.Error.WriteLineAsync($"subscribed to {subscription.Pattern}; Ctrl-C ends it"); // stdout is for messages alone
        }

        await foreach (TopicMessage<JsonElement> message in subscription.ReadAllAsync(stop))
        {
            Write(message, asJson);
            if (left != int.MaxValue && --left == 0)
            {
                break;
            }
        }

        stop.ThrowIfCancellationRequested();
        return ExitCodes.Success;
    }

    private static void Write(TopicMessage<JsonElement> message, bool asJson)
    {
        JsonElement? data = Read(message, out string? problem);
        if (asJson)
        {
            WriteJson(message, data, problem);
            return;
        }

        if (message.Missed > 0)
        {
            Console.Error.WriteLine($"localcast: {message.Missed} messages were missed here");
        }

        StandardOutput.WriteLine(Failures.OneLine($"{message.Topic} {message.From}: {problem ?? data?.GetRawText() ?? "null"}"));
    }

    private static void WriteJson(TopicMessage<JsonElement> message, JsonElement? data, string? problem) => StandardOutput.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("topic", message.Topic);
        writer.WriteString("from", message.From);
        writer.WritePropertyName("data");
        if (data is { } value)
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteNumber("missed", message.Missed);
        if (problem is not null)
        {
            writer.WriteString("error", problem);
        }

        writer.WriteEndObject();
    });

    /// <summary>The data; <see langword="null"/> when there is none, or bytes that are no JSON.</summary>
    private static JsonElement? Read(TopicMessage<JsonElement> message, out string? problem)
    {
        problem = null;
        try
        {
            return message.Data.ValueKind == JsonValueKind.Undefined ? null : message.Data;
        }
        catch (LocalCastException e)
        {
            problem = e.Message;
            return null;
        }
    }
}

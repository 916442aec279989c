using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace LocalCast.Agent.Internal;

/// <summary>
/// One JSON object per line, with the short names of the compact log event format: <c>@t</c> when, <c>@l</c> level (absent: Information),
/// <c>@m</c> message, <c>@i</c> event name, <c>@x</c> exception; the rest are the event's own properties.
/// </summary>
internal sealed class CompactJsonFormatter : ITextFormatter
{
    private static readonly JsonValueFormatter _values = new(typeTagName: null);
    private static readonly MessageTemplateTextFormatter _message = new("{Message:lj}", CultureInfo.InvariantCulture); // texts without quotes

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write('"');
        if (logEvent.Level != LogEventLevel.Information)
        {
            WriteText(output, "@l", logEvent.Level.ToString());
        }

        WriteText(output, "@m", Render(logEvent));
        if (logEvent.Exception is { } exception)
        {
            WriteText(output, "@x", exception.ToString());
        }

        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
        {
            if (name == "EventId" && NameOf(value) is { } eventName)
            {
                WriteText(output, "@i", eventName);
                continue;
            }

            WriteName(output, name.StartsWith('@') ? "@" + name : name);
            _values.Format(value, output);
        }

        output.WriteLine('}');
    }

    private static string Render(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        _message.Format(logEvent, text);
        return text.ToString();
    }

    private static string? NameOf(LogEventPropertyValue eventId) =>
        ((eventId as StructureValue)?.Properties.FirstOrDefault(property => property.Name == "Name")?.Value as ScalarValue)?.Value as string;

    private static void WriteText(TextWriter output, string name, string text)
    {
        WriteName(output, name);
        JsonValueFormatter.WriteQuotedJsonString(text, output);
    }

    private static void WriteName(TextWriter output, string name)
    {
        output.Write(',');
        JsonValueFormatter.WriteQuotedJsonString(name, output);
        output.Write(':');
    }
}

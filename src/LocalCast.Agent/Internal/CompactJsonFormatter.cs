using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace LocalCast.Agent.Internal;

/// <summary>
/// One JSON object per line, with the short names of the compact log event format: <c>@t</c> when, <c>@l</c> level (absent: Information),
/// <c>@m</c> message, <c>@i</c> event name, <c>@x</c> exception; the rest are the event's own properties.
/// </summary>
internal sealed class CompactJsonFormatter : ITextFormatter
{
    private static readonly JsonValueFormatter _values = new(typeTagName: null);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write('"');
        if (logEvent.Level != LogEventLevel.Information)
        {
            WriteText(output, "@l", logEvent.Level.ToString());
        }

        WriteText(output, "@m", logEvent.RenderMessage(CultureInfo.InvariantCulture));
        if (logEvent.Exception is { } exception)
        {
            WriteText(output, "@x", exception.ToString());
        }

        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties)
        {
            WriteName(output, name == "EventId" ? "@i" : name.StartsWith('@') ? "@" + name : name);
            _values.Format(value, output);
        }

        output.WriteLine('}');
    }

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

using Serilog.Core;
using Serilog.Events;

namespace LocalCast.Agent.Internal;

/// <summary>Takes control characters out of what an event tells: folders and programs may be called anything, and must neither steer the terminal nor make up lines.</summary>
internal sealed class HarmlessText : ILogEventEnricher
{
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        foreach ((string name, LogEventPropertyValue value) in logEvent.Properties.ToList())
        {
            if (value is ScalarValue { Value: string text } && text.Any(char.IsControl))
            {
                logEvent.AddOrUpdateProperty(new LogEventProperty(name, new ScalarValue(Harmless(text))));
            }
        }
    }

    private static string Harmless(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

using LocalCast.Agent.Internal;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace LocalCast.Agent;

/// <summary>Logging for a process that is an agent: lines for people on stderr, JSON in rolling files where configured.</summary>
public static class AgentLogging
{
    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Creates the factory. Disposing of it writes out what is still buffered.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when the log file cannot be written.</exception>
    public static ILoggerFactory Create(AgentLoggingOptions options)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Is(LevelOf(options.Level))
            .WriteTo.Sink(new BackgroundSink(CreateForPeople(options)));
        if (options.FilePath is { } path)
        {
            CheckWritable(path);
            configuration.WriteTo.File(
                new CompactJsonFormatter(), path, fileSizeLimitBytes: options.FileMaxBytes, rollOnFileSizeLimit: true, retainedFileCountLimit: options.FileCount);
        }

        return options.Level == LogLevel.None ? new SerilogLoggerFactory(Serilog.Core.Logger.None) : new SerilogLoggerFactory(configuration.CreateLogger(), dispose: true);
    }

    // The file's JSON escapes by itself, and keeps what was said.
    private static Serilog.Core.Logger CreateForPeople(AgentLoggingOptions options) => new LoggerConfiguration()
        .MinimumLevel.Verbose()
        .Filter.ByExcluding(line => options.AreNodesShown && line.Level < LogEventLevel.Warning && IsOfSupervisor(line))
        .Enrich.With<HarmlessText>()
        .WriteTo.Console(outputTemplate: Line, standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
        .CreateLogger();

    private static bool IsOfSupervisor(LogEvent line) =>
        line.Properties.GetValueOrDefault(Serilog.Core.Constants.SourceContextPropertyName) is ScalarValue { Value: string source } && source == typeof(Supervision.Supervisor).FullName;

    // The sink itself would be silent about it, and the log missing when it is needed.
    private static void CheckWritable(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"cannot write the log file: {e.Message}", e);
        }
    }

    private static LogEventLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Debug => LogEventLevel.Debug,
        LogLevel.Information => LogEventLevel.Information,
        LogLevel.Warning => LogEventLevel.Warning,
        LogLevel.Error => LogEventLevel.Error,
        _ => LogEventLevel.Fatal,
    };
}

using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Agent.Configuration;

/// <summary>Reads an agent's configuration file: JSON, with comments and trailing commas allowed.</summary>
/// <remarks>Not through a configuration binder, which ignores what it does not know and stops at the first thing it does not understand.</remarks>
public static class ConfigurationFile
{
    private static readonly JsonDocumentOptions _syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>All keys that a file may have, as in <c>limits.maxFrameBytes</c>.</summary>
    public static IReadOnlyList<string> KeyNames { get; } = [.. ConfigurationKeys.All.Select(key => key.Name)];

    /// <summary>Applies what a file says to options. Plugin directories and the data folder start in the file's own folder.</summary>
    /// <returns>Everything that is wrong with it; nothing when all is well.</returns>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when the file cannot be read.</exception>
    public static IReadOnlyList<ConfigurationProblem> Apply(string path, AgentOptions options)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"cannot read the configuration file: {e.Message}", e);
        }

        IReadOnlyList<ConfigurationProblem> problems = Apply(content, options);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        options.ConfigurationPath = Path.GetFullPath(path);
        options.PluginDirectories = options.PluginDirectories is { } directories ? [.. directories.Select(directory => Path.GetFullPath(directory, folder))] : null;
        options.DataFolder = options.DataFolder is { } data ? Path.GetFullPath(data, folder) : null;
        return problems;
    }

    /// <summary>Applies the content of a file to options.</summary>
    public static IReadOnlyList<ConfigurationProblem> Apply(ReadOnlyMemory<byte> content, AgentOptions options)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content["\uFEFF"u8.Length..]; // editors put it there, JSON does not know it
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(content, _syntax);
            var reader = new ConfigurationReader(options);
            reader.Read(document.RootElement);
            return reader.Problems;
        }
        catch (JsonException e)
        {
            JsonFault fault = JsonFault.Find(content.Span, _syntax) ?? new JsonFault(1, 1, e.Message);
            return [new ConfigurationProblem(fault.Place, "this is not JSON: " + fault.Why)];
        }
    }
}

using System.CommandLine;
using System.Text.Json;

namespace LocalCast.Cli.Commands;

/// <summary><c>serve-echo</c>: a node to try things on.</summary>
internal sealed class ServeEchoCommand : CliCommand
{
    private readonly Option<string> _name = new("--name") { Description = "The name to join by.", DefaultValueFactory = _ => "echo" };
    private readonly Option<bool> _json = SharedOptions.Json();

    public ServeEchoCommand()
        : base(
            "serve-echo",
            "Be a node to try things on, until Ctrl-C. Methods: echo(value), upper(text), slow(ms), fail(message).",
            "localcast serve-echo",
            "localcast serve-echo --name echo2")
    {
        Add(_name);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        await using LocalNode node = await LocalNode.JoinAsync(parsed.GetRequiredValue(_name), options =>
        {
            options.Pipe = PipeOf(parsed);
            options.Version = ProductVersion.Text;
            options.Handle("echo", (JsonElement value) => value);
            options.Handle("upper", (string text) => text.ToUpperInvariant());
            options.Handle("slow", (int ms, CancellationToken cancellationToken) => SlowAsync(ms, cancellationToken));
            options.Handle("fail", (string message) => Fail(message));
        }, stop);
        Participation.TellAboutAgent(node);
        if (parsed.GetValue(_json))
        {
            StandardOutput.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", node.Name);
                writer.WriteNumber("pid", Environment.ProcessId);
                writer.WriteEndObject();
            });
        }
        else
        {
            StandardOutput.WriteLine($"{node.Name} serves echo, upper, slow, fail; Ctrl-C stops it");
        }

        await Participation.StayAsync(node, stop);
        return ExitCodes.Success;
    }

    private static void Fail(string message) => throw new InvalidOperationException(message);

    private static async Task<int> SlowAsync(int milliseconds, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, cancellationToken);
        return milliseconds;
    }
}

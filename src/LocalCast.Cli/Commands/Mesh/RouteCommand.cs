using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>route NAME</c></summary>
internal sealed class RouteCommand : ClientCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "A node, or that of one agent: name@agent, with the agent's id." };

    public RouteCommand()
        : base(
            "route",
            "Say who would get a call now and over which agents, with the measured round trips; else: who would be tried next. Nothing is sent to find out.",
            "localcast route dns",
            "localcast route dns@kitchen --json") => Add(_name);

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        JsonElement answer = await node.AskAsync("route", [parsed.GetRequiredValue(_name)], timeout: null, stop);
        RouteAnswer route = answer.As(MeshOperationsJson.Default.RouteAnswer);
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(answer.WriteTo);
        }
        else if (route.Target is not null)
        {
            Write(route);
        }

        return route.Target is not null ? ExitCodes.Success : Refused(route, parsed.GetRequiredValue(_name));
    }

    private static void Write(RouteAnswer route)
    {
        StandardOutput.WriteLine(Failures.OneLine(route.Here
            ? $"{route.Target}: on this machine"
            : string.Create(CultureInfo.InvariantCulture, $"{route.Target}: {route.Hops.Count} {(route.Hops.Count == 1 ? "hop" : "hops")}, {route.RttMs:0.000} ms")));
        foreach (RouteHopRow hop in route.Hops)
        {
            StandardOutput.WriteLine(Failures.OneLine(string.Create(CultureInfo.InvariantCulture, $"  {(hop.Name is null || hop.Name == hop.Agent ? hop.Agent : $"{hop.Name} ({hop.Agent})")}  {hop.RttMs:0.000} ms")));
        }

        foreach (string other in route.Others)
        {
            StandardOutput.WriteLine(Failures.OneLine($"  else {other}"));
        }

        foreach (string leftAlone in route.LeftAlone)
        {
            StandardOutput.WriteLine(Failures.OneLine($"  left alone: {leftAlone}"));
        }
    }

    private static int Refused(RouteAnswer route, string name)
    {
        Console.Error.WriteLine(Failures.OneLine($"localcast: {route.Error ?? $"nobody has '{name}'"}"));
        string code = (route.Error ?? "").Split(':')[0];
        return ErrorCatalog.ExitCodeOf(Enum.TryParse(code, out LocalCastError error) ? error : LocalCastError.NodeNotFound);
    }
}

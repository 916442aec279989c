using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Cli.Commands;

/// <summary><c>route NAME</c></summary>
internal sealed class RouteCommand : ClientCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "A node, or that of one agent: name@agent; @agent is the agent itself. The agent by its id, or by its name where only one has it." };

    public RouteCommand()
        : base(
            "route",
            "Say who would get a call now and over which agents, with the round trips that ways are chosen by: of what both ends of a link measured the higher, as their agents last told it, so it may differ from the RTT of peers. else: who would be tried next. Nothing is sent to find out.",
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
        string[] error = (route.Error ?? $"{LocalCastError.NodeNotFound}: nobody has '{name}'").Split(": ", 2);
        return Failures.Report(new ErrorInfo(Enum.TryParse(error[0], out LocalCastError code) ? code : LocalCastError.NodeNotFound, error[^1]));
    }
}

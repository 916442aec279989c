using System.Globalization;
using System.Threading.Channels;
using LocalCast.Supervision;

namespace LocalCast.Cli;

/// <summary>Shows how the nodes of an agent fare: one block that is kept up to date while they come up on a terminal, a line for each change elsewhere and later.</summary>
/// <remarks>Written by a task of its own: a terminal that stands still, or a reader that has gone, is nothing to the supervisor.</remarks>
internal sealed class NodeProgress : IAsyncDisposable
{
    private const int MostQueued = 4096;
    private static readonly TimeSpan _lastMoment = TimeSpan.FromSeconds(1);

    private readonly Supervisor _supervisor;
    private readonly Channel<NodeView> _queue = Channel.CreateBounded<NodeView>(new BoundedChannelOptions(MostQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Dictionary<string, SupervisedState> _shown = new(StringComparer.Ordinal);
    private readonly Task _writing;
    private bool _isLive = !Console.IsOutputRedirected;
    private int _height;

    public NodeProgress(Supervisor supervisor)
    {
        _supervisor = supervisor;
        supervisor.Changed += Enqueue;
        foreach (NodeView view in supervisor.Views.Values.OrderBy(view => view.Manifest.Name, StringComparer.Ordinal))
        {
            Enqueue(view);
        }

        _writing = Task.Run(WriteAsync);
    }

    /// <summary>What stopping waits for, and for how long at most if none of them asks for more time.</summary>
    public static string Describe(IReadOnlyList<PendingStop> pending, Supervisor supervisor) => string.Join(", ", pending.Select(stop =>
        string.Create(CultureInfo.InvariantCulture, $"{stop.Node} ({stop.State}, {Math.Max(0, (stop.Due - supervisor.Now).TotalSeconds):0.0} s left)")));

    public async ValueTask DisposeAsync()
    {
        _supervisor.Changed -= Enqueue;
        _queue.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(_lastMoment, TimeProvider.System));
    }

    private void Enqueue(NodeView view) => _queue.Writer.TryWrite(view);

    private async Task WriteAsync()
    {
        try
        {
            await foreach (NodeView view in _queue.Reader.ReadAllAsync())
            {
                Show(view);
            }
        }
        catch (OutputGoneException)
        {
            // Nobody looks any more.
        }
    }

    private void Show(NodeView view)
    {
        if (_shown.TryGetValue(view.Manifest.Name, out SupervisedState shown) && shown == view.State)
        {
            return;
        }

        if (_isLive && _supervisor.Views.Count < Console.WindowHeight)
        {
            Redraw();
        }
        else
        {
            _isLive = false;
            _shown[view.Manifest.Name] = view.State;
            StandardOutput.WriteLine("  " + Line(view));
        }
    }

    private void Redraw()
    {
        NodeView[] views = [.. _supervisor.Views.Values.OrderBy(view => view.Manifest.Name, StringComparer.Ordinal)];
        Array.ForEach(views, view => _shown[view.Manifest.Name] = view.State);
        string up = _height > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{_height}A") : "";
        StandardOutput.WriteLine(up + string.Join('\n', views.Select(view => $"\e[2K  {Cut(Line(view), Console.WindowWidth - 3)}")) + "\e[J");
        _height = views.Length;
        _isLive = views.Any(IsOnItsWay);
    }

    // One that goes on in the next line would be counted as one and take two.
    private static string Cut(string line, int width) => width <= 0 || line.Length <= width ? line : line[..width];

    private static bool IsOnItsWay(NodeView view) => view.State is SupervisedState.Starting || (view.State == SupervisedState.Waiting && (view.WaitingOn.Count > 0 || view.Until is not null));

    private static string Line(NodeView view)
    {
        string took = view is { State: SupervisedState.Ready, Boot: { Ready: { } ready, Wanted: var wanted } }
            ? string.Create(CultureInfo.InvariantCulture, $" after {(ready - wanted).TotalSeconds:0.00} s") : "";
        return Failures.OneLine($"{view.Manifest.Name,-16} {view.State}{took}{(view.Reason is { } reason ? $": {reason}" : "")}");
    }
}

using System.Globalization;
using System.Threading.Channels;
using LocalCast.Supervision;

namespace LocalCast.Cli;

/// <summary>Shows how the nodes of an agent fare: one block that is kept up to date while they come up on a terminal, a line for each change elsewhere and later.</summary>
/// <remarks>Beside the supervisor: whoever reads our output may be slow, and no node is to wait for that.</remarks>
internal sealed class NodeProgress : IAsyncDisposable
{
    private const int MostQueued = 4096;

    private readonly Channel<NodeView> _changes = Channel.CreateBounded<NodeView>(new BoundedChannelOptions(MostQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Dictionary<string, SupervisedState> _shown = new(StringComparer.Ordinal);
    private readonly Task _showing;
    private bool _isLive = !Console.IsOutputRedirected;
    private int _height;

    public NodeProgress(Supervisor supervisor) => _showing = Task.Run(() => ShowAsync(supervisor));

    /// <summary>What stopping waits for, and for how long at most.</summary>
    public static string Describe(IReadOnlyList<PendingStop> pending, Supervisor supervisor) => string.Join(", ", pending.Select(stop =>
        string.Create(CultureInfo.InvariantCulture, $"{stop.Node} ({stop.State}, {Math.Max(0, (stop.Due - supervisor.Now).TotalSeconds):0.0} s left)")));

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _showing;
    }

    private async Task ShowAsync(Supervisor supervisor)
    {
        void Note(NodeView view) => _changes.Writer.TryWrite(view);
        supervisor.Changed += Note;
        try
        {
            foreach (NodeView view in supervisor.Views.Values.OrderBy(view => view.Manifest.Name, StringComparer.Ordinal))
            {
                Show(view, supervisor);
            }

            await foreach (NodeView view in _changes.Reader.ReadAllAsync())
            {
                Show(view, supervisor);
            }
        }
        catch (OutputGoneException)
        {
            // Nobody reads it any more; the nodes run on.
        }
        finally
        {
            supervisor.Changed -= Note;
        }
    }

    private void Show(NodeView view, Supervisor supervisor)
    {
        if (_shown.TryGetValue(view.Manifest.Name, out SupervisedState shown) && shown == view.State)
        {
            return;
        }

        _shown[view.Manifest.Name] = view.State;
        if (_isLive)
        {
            Redraw(supervisor);
        }
        else
        {
            StandardOutput.WriteLine("  " + Line(view));
        }
    }

    private void Redraw(Supervisor supervisor)
    {
        NodeView[] views = [.. supervisor.Views.Values.OrderBy(view => view.Manifest.Name, StringComparer.Ordinal)];
        string up = _height > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{_height}A") : "";
        StandardOutput.WriteLine(up + string.Join('\n', views.Select(view => $"\e[2K  {Line(view)}")));
        _height = views.Length;
        _isLive = views.Length < Console.WindowHeight && views.Any(IsOnItsWay);
    }

    private static bool IsOnItsWay(NodeView view) => view.State is SupervisedState.Starting || (view.State == SupervisedState.Waiting && view.WaitingOn.Count > 0);

    private static string Line(NodeView view)
    {
        string took = view is { State: SupervisedState.Ready, Boot: { Ready: { } ready, Wanted: var wanted } }
            ? string.Create(CultureInfo.InvariantCulture, $" after {(ready - wanted).TotalSeconds:0.00} s") : "";
        return Failures.OneLine($"{view.Manifest.Name,-16} {view.State}{took}{(view.Reason is { } reason ? $": {reason}" : "")}");
    }
}

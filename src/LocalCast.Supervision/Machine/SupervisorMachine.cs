using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>
/// Decides what is started, stopped and restarted, when, and why. Passive: it is told what happened and what time it is, and answers by
/// effects, to be taken after every input and done in their order. Times only go forward.
/// </summary>
/// <remarks>Not thread-safe: one loop feeds it. The views are immutable and may be handed to anybody.</remarks>
public sealed partial class SupervisorMachine
{
    private readonly Board _board;
    private readonly Timetable _timetable = new();
    private readonly Proofs _proofs;
    private readonly Stopping _stopping;
    private readonly Upgrades _upgrades;
    private readonly Readiness _readiness;
    private readonly Liveness _liveness;
    private readonly Endings _endings;
    private readonly Idling _idling;
    private readonly Strangers _strangers;
    private readonly Settling _settling;
    private readonly Loading _loading;
    private readonly Commands _commands;

    /// <summary>Creates a machine without nodes.</summary>
    /// <param name="options">What it goes by.</param>
    /// <param name="random">Evenly spread between 0 and 1; spreads the pauses before restarts.</param>
    public SupervisorMachine(MachineOptions options, Func<double> random)
    {
        _board = new Board(options, random);
        _proofs = new Proofs(_board);
        var prerequisites = new Prerequisites(_board, _proofs);
        var launches = new Launches(_board);
        _stopping = new Stopping(_board);
        var reports = new UpgradeReports(_board);
        var wishes = new UpgradeWishes(_board, prerequisites, launches, reports);
        _upgrades = new Upgrades(_board, reports, _stopping);
        var faults = new Faults(_board, _upgrades, _stopping);
        _readiness = new Readiness(_board, _upgrades, _stopping, faults);
        _liveness = new Liveness(_board, _readiness, faults);
        _endings = new Endings(_board, new Restarts(_board), _upgrades);
        _idling = new Idling(_board);
        _strangers = new Strangers(_board);
        _settling = new Settling(_board, prerequisites, launches, _stopping, _upgrades, wishes);
        _loading = new Loading(_board, launches, wishes);
        _commands = new Commands(_board, wishes);
    }

    /// <summary>When <see cref="Tick"/> has something to do; <see langword="null"/> for never.</summary>
    public TimeSpan? NextDue => _timetable.Next;

    /// <summary>Every node as it stands, in the order of names.</summary>
    public IReadOnlyList<NodeView> Views => [.. _board.Nodes.Values.OrderBy(node => node.Name, StringComparer.Ordinal).Select(Internal.Views.Of)];

    /// <summary>Whether nothing runs any more after <see cref="StopAll"/>. What could not be killed is given up and does not count.</summary>
    public bool IsAllDown => _board.StopReason is not null && !_board.Nodes.Values.Any(node => node.IsRunning);

    /// <summary>What <see cref="StopAll"/> still waits for, and when each is down or given up at the latest if none asks for more time.</summary>
    public IReadOnlyList<PendingStop> StopsPending => _board.StopReason is null
        ? []
        : StopForecast.Of(_board, _stopping);

    /// <summary>The nodes that look different since this was last asked; those that are no longer there too.</summary>
    public IReadOnlyList<string> TakeChanged() => _board.TakeChanged();

    /// <summary>Finds one node.</summary>
    public bool TryView(string name, [NotNullWhen(true)] out NodeView? view)
    {
        view = _board.Nodes.TryGetValue(name, out Node? node) ? Internal.Views.Of(node) : null;
        return view is not null;
    }

    /// <summary>Takes the next effect.</summary>
    public bool TryTakeEffect([NotNullWhen(true)] out Effect? effect) => _board.TryTakeEffect(out effect);

    /// <summary>Takes in the manifests: all of them, every time.</summary>
    /// <param name="manifests">What was read.</param>
    /// <param name="refusals">Why a node may not run, by its name: a circle of prerequisites, an unknown one.</param>
    /// <param name="now">The time.</param>
    public void Load(IReadOnlyList<NodeManifest> manifests, IReadOnlyDictionary<string, string> refusals, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        ArgumentNullException.ThrowIfNull(refusals);
        _board.Now = now;
        _loading.Load(manifests, refusals);
        Settle();
    }

    /// <summary>An operator starts a node, and with it all that it needs.</summary>
    public ErrorInfo? Start(string name, string by, TimeSpan now) => Command(now, () => _commands.Start(name, by));

    /// <summary>An operator stops a node, and first what is bound to it. Only an operator undoes it.</summary>
    public ErrorInfo? Stop(string name, string by, TimeSpan now) => Command(now, () => _commands.Stop(name, by));

    /// <summary>An operator restarts a node, together with what is bound to it.</summary>
    public ErrorInfo? Restart(string name, string by, TimeSpan now) => Command(now, () => _commands.Restart(name, by));

    /// <summary>An operator, or a watched file, brings the manifest that was last read into a running node; also when it is the same.</summary>
    public ErrorInfo? Upgrade(string name, string by, TimeSpan now) => Command(now, () => _commands.Upgrade(name, by));

    /// <summary>A call, or somebody who requires it, wants a node.</summary>
    /// <returns>Why there is nothing to wait for; <see langword="null"/> when the node is up, or coming.</returns>
    public ErrorInfo? Activate(string name, string by, TimeSpan now) =>
        Command(now, () => _commands.Activate(name, by)) ?? _commands.WhyNotComing(name);

    /// <summary>Stops everything, and starts nothing any more. Done when <see cref="IsAllDown"/>.</summary>
    public void StopAll(string reason, TimeSpan now)
    {
        _board.Now = now;
        _board.StopReason ??= reason;
        foreach (Node node in _board.Nodes.Values)
        {
            _board.Touch(node);
        }

        Settle();
    }

    /// <summary>Does what is due.</summary>
    public void Tick(TimeSpan now)
    {
        _board.Now = now;
        if (NextDue is { } due && now - due > _board.Options.OwnLateness)
        {
            foreach (Node node in _board.Nodes.Values)
            {
                _liveness.Excuse(node);
            }
        }

        while (_timetable.TryTake(now, out Node? node))
        {
            Fire(node!);
        }

        Settle();
    }

    private void Fire(Node node)
    {
        _board.Touch(node);
        foreach (Instance? instance in (Instance?[])[node.Current, node.Other])
        {
            if (instance is not null)
            {
                _readiness.Tick(node, instance);
                _liveness.Tick(node, instance);
                _idling.Tick(node, instance);
                _stopping.Tick(node, instance);
            }
        }

        _upgrades.Tick(node);
        _strangers.Tick(node);
    }

    private ErrorInfo? Command(TimeSpan now, Func<ErrorInfo?> command)
    {
        _board.Now = now;
        ErrorInfo? error = command();
        Settle();
        return error;
    }

    // From one node to those that its change concerns, until nothing changes any more.
    private void Settle()
    {
        while (_board.TryTakeTouched(out Node? node))
        {
            _settling.Settle(node!);
            _timetable.Set(node!, node!.IsForgotten ? null : node.NextDue());
        }
    }
}

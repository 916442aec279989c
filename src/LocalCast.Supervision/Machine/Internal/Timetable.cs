namespace LocalCast.Supervision.Internal;

/// <summary>Which node is due next. A node that was given another time leaves its old entry behind, which is passed over when it comes up.</summary>
internal sealed class Timetable
{
    private const int SpareEntries = 64;

    private PriorityQueue<Node, TimeSpan> _queue = new();
    private int _scheduled;

    internal TimeSpan? Next
    {
        get
        {
            DropStale();
            return _queue.TryPeek(out _, out TimeSpan due) ? due : null;
        }
    }

    internal void Set(Node node, TimeSpan? due)
    {
        if (node.Scheduled == due)
        {
            return;
        }

        _scheduled += (due is null ? 0 : 1) - (node.Scheduled is null ? 0 : 1);
        node.Scheduled = due;
        if (due is { } time)
        {
            _queue.Enqueue(node, time);
            Compact();
        }
    }

    internal bool TryTake(TimeSpan now, out Node? node)
    {
        node = null;
        if (!(Next <= now))
        {
            return false;
        }

        node = _queue.Dequeue();
        node.Scheduled = null;
        _scheduled--;
        return true;
    }

    private void DropStale()
    {
        while (_queue.TryPeek(out Node? node, out TimeSpan due) && node.Scheduled != due)
        {
            _queue.Dequeue();
        }
    }

    // Entries far in the future would gather for as long as the agent runs.
    private void Compact()
    {
        if (_queue.Count <= (2 * _scheduled) + SpareEntries)
        {
            return;
        }

        var current = new PriorityQueue<Node, TimeSpan>();
        var seen = new HashSet<Node>();
        while (_queue.TryDequeue(out Node? node, out TimeSpan due))
        {
            if (node.Scheduled == due && seen.Add(node))
            {
                current.Enqueue(node, due);
            }
        }

        _queue = current;
    }
}

namespace LocalCast.Mesh;

/// <summary>Which addresses to dial now: those that a person chose whenever they are due, learnt ones while too few links are up.</summary>
internal sealed class DialPlanner(MeshSelf self, MeshOptions options, LinkTable links, AddressBook book, MisbehaviourLedger ledger, Random random)
{
    private const int MostAtOnce = 8;

    public IReadOnlyList<string> Plan(MeshTime time)
    {
        int dialling = book.Entries.Count(entry => entry.IsDialling);
        int missing = Missing(dialling);

        // This runs often and finds nothing to do nearly always: what is cheap to know comes first.
        AddressEntry[] due = [.. book.Entries.Where(entry => (missing > 0 || entry.Kind == AddressKind.Configured) && !entry.IsDialling && entry.NotBefore <= time.Now && MayDial(entry, time))];
        random.Shuffle(due);
        List<string> planned = [];

        // Configured ones first, then those that answered before.
        foreach (AddressEntry entry in due.OrderByDescending(entry => entry.Kind))
        {
            if (dialling + planned.Count >= MostAtOnce || (entry.Kind != AddressKind.Configured && missing <= 0))
            {
                break;
            }

            entry.IsDialling = true;
            missing--;
            planned.Add(entry.Address);
        }

        return planned;
    }

    /// <summary>When, as things are, there is something to dial; <see cref="TimeSpan.MaxValue"/> when links have to change first.</summary>
    public TimeSpan NextDue(MeshTime time)
    {
        int dialling = book.Entries.Count(entry => entry.IsDialling);
        bool isMissing = Missing(dialling) > 0;
        TimeSpan next = TimeSpan.MaxValue;
        foreach (AddressEntry entry in book.Entries)
        {
            bool isWanted = !entry.IsDialling && (isMissing || entry.Kind == AddressKind.Configured) && entry.NotBefore < next;
            if (isWanted && (entry.NotBefore > time.Now || (dialling < MostAtOnce && MayDial(entry, time))))
            {
                next = entry.NotBefore;
            }
        }

        return next;
    }

    private int Missing(int dialling) => options.WantedOutbound - links.CountOpen(LinkDirection.Outbound) - dialling;

    private bool MayDial(AddressEntry entry, MeshTime time) =>
        entry.Address != self.ListenAddress
        && !links.All.Any(link => link.Address == entry.Address || link.Peer?.ListenAddress == entry.Address)
        && (entry.Kind == AddressKind.Configured || entry.Id is null || !links.TryFindOpen(entry.Id, out _)) // who answered once at an address may have moved
        && (entry.Kind == AddressKind.Configured || (!ledger.IsBanned(entry.Id ?? entry.Address, time.Wall) && !ledger.IsBanned(entry.Address, time.Wall)));
}

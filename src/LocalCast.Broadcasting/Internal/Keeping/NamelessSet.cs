namespace LocalCast.Broadcasting.Internal;

/// <summary>Sessions that joined and whose name another has. Changed under the membership's lock, read without.</summary>
internal sealed class NamelessSet
{
    private Session[] _all = []; // a new one for every change

    public IReadOnlyCollection<Session> All => Volatile.Read(ref _all);

    public Session? Find(string name, long tag) => All.FirstOrDefault(session => session.Member!.Is(name, tag));

    public void Add(Session session) => Volatile.Write(ref _all, [.. _all, session]);

    /// <returns>Whether it was there.</returns>
    public bool Remove(Session session)
    {
        Session[] others = [.. _all.Where(other => other != session)];
        bool wasThere = others.Length < _all.Length;
        Volatile.Write(ref _all, others);
        return wasThere;
    }
}

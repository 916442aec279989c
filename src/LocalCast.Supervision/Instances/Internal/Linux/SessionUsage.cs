namespace LocalCast.Supervision.Internal;

/// <summary>
/// What the sessions of this machine use. Whoever asks for one node mostly asks for all of them: the process table is read once for all
/// that is asked within a moment, for with a thousand nodes to read it for each takes seconds.
/// </summary>
internal static class SessionUsage
{
    private const long MomentMs = 100;

    private static readonly Lock _lock = new();
    private static Dictionary<int, (long CpuTicks, long ResidentPages)> _sessions = [];
    private static long _readAt;

    public static (long CpuTicks, long ResidentPages) Of(int session)
    {
        lock (_lock)
        {
            if (Environment.TickCount64 - _readAt > MomentMs || !_sessions.ContainsKey(session))
            {
                _sessions = ProcessTable.Read()
                    .GroupBy(process => process.Session)
                    .ToDictionary(members => members.Key, members => (members.Sum(member => member.CpuTicks), members.Sum(member => member.ResidentPages)));
                _readAt = Environment.TickCount64;
            }

            return _sessions.GetValueOrDefault(session);
        }
    }
}

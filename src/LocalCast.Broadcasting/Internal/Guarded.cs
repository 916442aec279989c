namespace LocalCast.Broadcasting.Internal;

/// <summary>Steps that must all be taken, whatever becomes of one of them.</summary>
internal static class Guarded
{
    /// <summary>Takes a step. A defect in it is logged, and is no reason to leave out the next one.</summary>
    public static void Run(Hub hub, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            HubLog.HousekeepingDefect(hub.Logger, e);
        }
    }
}

namespace LocalCast.Testing;

/// <summary>
/// Runs something without the test runner's synchronization context: what awaits it goes on at once and on this thread, as it may in the
/// product, so that it has happened when the test looks.
/// </summary>
internal static class Inline
{
    public static void Run(Action action)
    {
        SynchronizationContext? runner = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(runner);
        }
    }
}

namespace LocalCast.Supervision.Internal;

/// <summary>A descriptor that the thread of processes waits for. Used on that thread only.</summary>
internal interface IWatched
{
    /// <summary>-1 once it is closed.</summary>
    int Descriptor { get; }

    /// <summary>It can be read, or its other end is gone.</summary>
    void OnReady();
}

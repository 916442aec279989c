namespace LocalCast.Supervision.Internal;

/// <summary>Where one stream of a process is read. Used on the thread of processes only.</summary>
internal interface IProcessOutput
{
    /// <summary>Whether all was read, and it is closed.</summary>
    bool IsAtEnd { get; }

    /// <summary>Reads a bounded part of what is there.</summary>
    void ReadSome();

    /// <summary>Nothing more will be written: when all that is there has been read, it is at its end.</summary>
    void ProcessEnded();

    void Close();
}

namespace LocalCast.Broadcasting.Internal;

/// <summary>What became of a name that was to move.</summary>
internal enum MoveResult
{
    /// <summary>The session that was to get it is not connected.</summary>
    NotThere,

    /// <summary>It has the name already.</summary>
    HasIt,

    /// <summary>It has the name now.</summary>
    Moved,
}

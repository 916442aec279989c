namespace LocalCast.Protocol;

/// <summary>Takes the frames of a batch, one after the other.</summary>
public interface IFrameHandler
{
    /// <summary>Takes a frame's body, which is never empty and gone afterwards.</summary>
    /// <returns>Whether it wants the next one.</returns>
    bool OnFrame(ReadOnlySpan<byte> body);
}

namespace LocalCast.Broadcasting.Internal;

/// <summary>Something that a participant has to answer: whose it is, and what its owner calls it.</summary>
/// <param name="Owner">Who gets the answer.</param>
/// <param name="Sequence">The owner's number for it, 0 when it is not a number.</param>
/// <param name="Id">The owner's name for it when it is not a number.</param>
/// <param name="Delivery">A publication to acknowledge; <see langword="null"/> for a call.</param>
/// <param name="IsRequirement">Whether it is a requirement, which the uplink answers; nobody else is asked for one.</param>
/// <param name="BootMs">How long the call waited for its node before it was delivered; -1 when it did not.</param>
internal readonly record struct Exchange(Session Owner, uint Sequence, string? Id, Delivery? Delivery = null, int BootMs = -1, bool IsRequirement = false)
{
    /// <summary>Whether it is what its owner calls by this number or this id.</summary>
    public bool IsNamed(uint sequence, string? id) => id is null ? Sequence == sequence && Id is null : Id == id;

    /// <summary>It was handed over, or is about to be: it counts against its owner.</summary>
    /// <returns>How many calls of the owner are in flight with it.</returns>
    public int Count()
    {
        if (IsRequirement)
        {
            Interlocked.Increment(ref Owner.RequirementsOut);
        }

        return Interlocked.Increment(ref Owner.CallsOut);
    }

    /// <summary>It is no longer in flight: its owner may have another one.</summary>
    public void Uncount()
    {
        Interlocked.Decrement(ref Owner.CallsOut);
        if (IsRequirement)
        {
            Interlocked.Decrement(ref Owner.RequirementsOut);
        }
    }
}

namespace LocalCast.Broadcasting.Internal;

/// <summary>Something that a participant has to answer: whose it is, and what its owner calls it.</summary>
/// <param name="Owner">Who gets the answer.</param>
/// <param name="Sequence">The owner's number for it, 0 when it is not a number.</param>
/// <param name="Id">The owner's name for it when it is not a number.</param>
/// <param name="Delivery">A publication to acknowledge; <see langword="null"/> for a call.</param>
internal readonly record struct Exchange(Session Owner, uint Sequence, string? Id, Delivery? Delivery = null);

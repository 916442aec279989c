using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Protocol;

/// <summary>
/// The calls in flight of one session: each has a 32-bit sequence, a deadline, and ends exactly once. Whoever takes it out answers it;
/// an answer that finds nothing is late, forged or doubled, and is dropped by its receiver.
/// </summary>
/// <remarks>
/// Passive and not thread-safe: the owner locks. A sequence is a slot (low 16 bits) and the generation of that slot (high 16 bits, never 0).
/// Free slots are reused oldest first, so that a sequence comes back only after tens of thousands of reuses of every free slot.
/// </remarks>
public sealed class CallTable<T>(int capacity)
{
    /// <summary>The most calls that a table can hold.</summary>
    public const int MaxCapacity = 1 << SlotBits;

    private const int SlotBits = 16;
    private const int FirstSlots = 64;

    private readonly int _capacity = capacity is > 0 and <= MaxCapacity ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity));
    private readonly Queue<ushort> _free = new();
    private Slot[] _slots = [];

    /// <summary>Calls in flight.</summary>
    public int Count { get; private set; }

    /// <summary>No call ends before this; may be earlier than the earliest deadline, never later. <see cref="TimeSpan.MaxValue"/> when empty.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Adds a call.</summary>
    /// <returns><see langword="false"/> when the table is full: the call fails with <see cref="LocalCastError.Busy"/>.</returns>
    public bool TryAdd(T call, TimeSpan deadline, out uint sequence)
    {
        if (!_free.TryDequeue(out ushort index) && !TryGrow(out index))
        {
            sequence = 0;
            return false;
        }

        ref Slot slot = ref _slots[index];
        slot.Generation = slot.Generation == ushort.MaxValue ? (ushort)1 : (ushort)(slot.Generation + 1);
        slot.Call = call;
        slot.Deadline = deadline;
        slot.IsTaken = true;
        Count++;
        NextDeadline = deadline < NextDeadline ? deadline : NextDeadline;
        sequence = ((uint)slot.Generation << SlotBits) | index;
        return true;
    }

    /// <summary>Takes a call out, because it was answered or its caller gave up.</summary>
    public bool TryTake(uint sequence, [MaybeNullWhen(false)] out T call)
    {
        if (!Holds(sequence))
        {
            call = default;
            return false;
        }

        call = Release((int)(sequence & (MaxCapacity - 1)));
        NextDeadline = Count == 0 ? TimeSpan.MaxValue : NextDeadline;
        return true;
    }

    /// <summary>Looks at a call without taking it.</summary>
    public bool TryPeek(uint sequence, [MaybeNullWhen(false)] out T call)
    {
        bool found = Holds(sequence);
        call = found ? _slots[(int)(sequence & (MaxCapacity - 1))].Call : default;
        return found;
    }

    /// <summary>Takes out every call whose deadline has come.</summary>
    public void TakeExpired(TimeSpan now, ICollection<(uint Sequence, T Call)> expired)
    {
        ArgumentNullException.ThrowIfNull(expired);
        if (now >= NextDeadline)
        {
            NextDeadline = TakeWhere((_, deadline) => deadline <= now, expired);
        }
    }

    /// <summary>Takes out every call, because the session ended.</summary>
    public void TakeAll(ICollection<(uint Sequence, T Call)> taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        NextDeadline = TakeWhere((_, _) => true, taken);
    }

    /// <summary>Takes out the calls that a condition picks, such as those of a caller that left.</summary>
    public void TakeWhere(Predicate<T> which, ICollection<(uint Sequence, T Call)> taken)
    {
        ArgumentNullException.ThrowIfNull(which);
        ArgumentNullException.ThrowIfNull(taken);
        NextDeadline = TakeWhere((call, _) => which(call), taken);
    }

    private TimeSpan TakeWhere(Func<T, TimeSpan, bool> isDue, ICollection<(uint Sequence, T Call)> taken)
    {
        TimeSpan next = TimeSpan.MaxValue;
        for (int i = 0; i < _slots.Length; i++)
        {
            if (!_slots[i].IsTaken)
            {
                continue;
            }

            if (isDue(_slots[i].Call, _slots[i].Deadline))
            {
                uint sequence = ((uint)_slots[i].Generation << SlotBits) | (uint)i;
                taken.Add((sequence, Release(i)));
            }
            else if (_slots[i].Deadline < next)
            {
                next = _slots[i].Deadline;
            }
        }

        return next;
    }

    private bool Holds(uint sequence)
    {
        uint index = sequence & (MaxCapacity - 1);
        return index < (uint)_slots.Length && _slots[index].IsTaken && _slots[index].Generation == sequence >> SlotBits;
    }

    private T Release(int index)
    {
        ref Slot slot = ref _slots[index];
        T call = slot.Call;
        slot.Call = default!;
        slot.IsTaken = false;
        _free.Enqueue((ushort)index);
        Count--;
        return call;
    }

    private bool TryGrow(out ushort index)
    {
        int old = _slots.Length;
        index = (ushort)old;
        if (old >= _capacity)
        {
            return false;
        }

        Array.Resize(ref _slots, Math.Min(Math.Max(FirstSlots, old * 2), _capacity));
        for (int i = old + 1; i < _slots.Length; i++)
        {
            _free.Enqueue((ushort)i);
        }

        return true;
    }

    private struct Slot
    {
        public T Call;
        public TimeSpan Deadline;
        public ushort Generation;
        public bool IsTaken;
    }
}

using System.Runtime.InteropServices;

namespace LocalCast.Mesh;

/// <summary>128 bits of a pair of texts. With the secret nobody can choose texts that collide; among honest ones a collision does not happen. Hot path.</summary>
internal sealed class TextDigest(Random random)
{
    private readonly ulong _first = (ulong)random.NextInt64() | 1;
    private readonly ulong _second = (ulong)random.NextInt64() | 1;

    public Bits Of(string one, string other)
    {
        // The lengths first: what ends the one text cannot begin the other.
        (ulong a, ulong b) = (_first ^ (ulong)one.Length, _second ^ ((ulong)other.Length << 32));
        Mix(one, ref a, ref b);
        Mix(other, ref a, ref b);
        return new Bits(Fold(a, _second), Fold(b, _first));
    }

    private void Mix(string text, ref ulong a, ref ulong b)
    {
        ReadOnlySpan<char> rest = text;
        foreach (ulong block in MemoryMarshal.Cast<char, ulong>(rest))
        {
            a = Fold(a ^ block, _first);
            b = Fold(b + block, _second);
        }

        foreach (char character in rest[(rest.Length & ~3)..])
        {
            a = Fold(a ^ character, _first);
            b = Fold(b + character, _second);
        }
    }

    /// <summary>All bits of the product have their say.</summary>
    private static ulong Fold(ulong value, ulong factor)
    {
        ulong high = Math.BigMul(value ^ 0x9E3779B97F4A7C15, factor, out ulong low);
        return high ^ low;
    }

    /// <summary>The digest; any part of it is as good a hash as the whole.</summary>
    public readonly record struct Bits(ulong First, ulong Second)
    {
        public override int GetHashCode() => (int)First;
    }
}

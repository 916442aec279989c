namespace LocalCast.Protocol.Tests;

/// <summary>Damages bytes in the ways that programs and wires do. Deterministic: the seed says all.</summary>
internal static class Mutation
{
    public static byte[] Of(byte[] good, byte[] other, Random random)
    {
        List<byte> bytes = [.. good];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            Mutate(bytes, other, random);
        }

        return [.. bytes];
    }

    private static void Mutate(List<byte> bytes, byte[] other, Random random)
    {
        int at = random.Next(bytes.Count + 1);
        int count = random.Next(Math.Min(16, bytes.Count - at) + 1);
        switch (random.Next(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };
                break;
            case 2:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 3:
                bytes.RemoveRange(at, count);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, count).ToArray());
                break;
            case 5:
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(from + 16, other.Length)]);
                break;
            default:
                bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : 0);
                break;
        }
    }
}

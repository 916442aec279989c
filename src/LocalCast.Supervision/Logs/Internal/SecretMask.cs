using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>Takes the values of secret variables out of what a node prints. Each value is looked for once per line, and there are few: a line costs no more than so many times its length.</summary>
/// <remarks>Not thread-safe: lines come one after the other.</remarks>
internal sealed class SecretMask
{
    private const int MinLength = 4; // shorter ones are everywhere, and masking them would show that they are there
    private static readonly byte[] _stars = "***"u8.ToArray();

    private readonly byte[][] _values;
    private bool[] _isSecret = [];
    private byte[] _masked = [];

    private SecretMask(byte[][] values) => _values = values;

    /// <summary>Makes one for a launch; <see langword="null"/> when it has nothing to hide. Of a value of several lines, each is a secret.</summary>
    public static SecretMask? For(LaunchSpec spec)
    {
        IEnumerable<string> values = spec.Manifest.Run.Secrets.Select(name => spec.Environment.GetValueOrDefault(name) ?? "")
            .SelectMany(value => value.Split('\n')).Select(line => line.TrimEnd('\r'))
            .Where(line => line.Length >= MinLength).Distinct(StringComparer.Ordinal)
            .Take(RunSpec.MostSecrets);
        byte[][] bytes = [.. values.Select(Encoding.UTF8.GetBytes)];
        return bytes.Length == 0 ? null : new SecretMask(bytes);
    }

    /// <summary>A text of one line with stars in the place of secrets.</summary>
    public string Apply(string line) => Encoding.UTF8.GetString(Apply(Encoding.UTF8.GetBytes(line)));

    /// <summary>The line with stars in the place of secrets. Good until the next one.</summary>
    public ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> line)
    {
        bool isFound = false;
        foreach (byte[] value in _values)
        {
            int at = 0;
            while (line[at..].IndexOf(value) is >= 0 and int next)
            {
                if (!isFound)
                {
                    isFound = true;
                    Prepare(line.Length);
                }

                Array.Fill(_isSecret, true, at + next, value.Length);
                at += next + value.Length;
            }
        }

        return isFound ? Write(line) : line;
    }

    private void Prepare(int length)
    {
        if (_isSecret.Length < length)
        {
            _isSecret = new bool[length];
            _masked = new byte[length]; // stars are shorter than any secret
        }

        Array.Clear(_isSecret, 0, length);
    }

    private ReadOnlySpan<byte> Write(ReadOnlySpan<byte> line)
    {
        int length = 0;
        for (int i = 0; i < line.Length; i++)
        {
            if (!_isSecret[i])
            {
                _masked[length++] = line[i];
            }
            else if (i == 0 || !_isSecret[i - 1])
            {
                _stars.CopyTo(_masked, length);
                length += _stars.Length;
            }
        }

        return _masked.AsSpan(0, length);
    }
}

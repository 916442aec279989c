using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LocalCast.Supervision;

/// <summary>Names of nodes as names of files and folders. Two nodes never share one, also where case does not count.</summary>
public static class NodeFileName
{
    private const int Longest = 120; // with what is put behind it, every file system takes it
    private const int KeptOfLong = 60;

    // Windows takes these for devices, whatever stands behind a dot.
    private static readonly HashSet<string> _devices = ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"com{number}", $"lpt{number}" })];

    /// <summary>Percent-encodes whatever might mean something to a file system; of a name that gets too long, its end becomes a digest.</summary>
    public static string Of(string node)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(node);
        bool isDevice = _devices.Contains(node.Split('.')[0]);
        var name = new StringBuilder();
        for (int i = 0; i < bytes.Length; i++)
        {
            bool isPlain = bytes[i] is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'-'
                || (bytes[i] == '.' && i > 0 && i < bytes.Length - 1);
            _ = isPlain && !(isDevice && i == 0) ? name.Append((char)bytes[i]) : name.Append(CultureInfo.InvariantCulture, $"%{bytes[i]:x2}");
        }

        return name.Length <= Longest ? name.ToString() : $"{name.ToString(0, KeptOfLong)}%-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}";
    }
}

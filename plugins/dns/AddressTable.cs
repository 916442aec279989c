using System.Net;
using LocalCast.Protocol;

namespace LocalCast.Plugins.Dns;

/// <summary>Names and their addresses. Names are compared as DNS does: without regard to case, or to a final dot. Bounded, and used from any thread.</summary>
public sealed class AddressTable
{
    /// <summary>The most names.</summary>
    public const int MostNames = 10_000;

    /// <summary>The most addresses of one name.</summary>
    public const int MostAddresses = 64;

    private const int LongestName = 253;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<string>> _addresses = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds an address to a name.</summary>
    /// <returns>Whether it was not there already.</returns>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> for what is no name or no address, <see cref="LocalCastError.Busy"/> when the table is full.</exception>
    public bool Add(string name, string address)
    {
        string key = Normalize(name);
        if (!IPAddress.TryParse(address, out IPAddress? parsed))
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"'{address}' is not an IP address");
        }

        lock (_lock)
        {
            if (!_addresses.TryGetValue(key, out List<string>? known))
            {
                if (_addresses.Count >= MostNames)
                {
                    throw new LocalCastException(LocalCastError.Busy, $"the table has {MostNames} names already");
                }

                _addresses[key] = known = [];
            }

            string text = parsed.ToString(); // one spelling for each address
            if (known.Contains(text))
            {
                return false;
            }

            if (known.Count >= MostAddresses)
            {
                throw new LocalCastException(LocalCastError.Busy, $"'{key}' has {MostAddresses} addresses already");
            }

            known.Add(text);
            return true;
        }
    }

    /// <summary>Forgets a name.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string name)
    {
        lock (_lock)
        {
            return _addresses.Remove(Normalize(name));
        }
    }

    /// <summary>The addresses of a name; <see langword="null"/> when the table does not know it.</summary>
    public string[]? Find(string name)
    {
        lock (_lock)
        {
            return _addresses.TryGetValue(Normalize(name), out List<string>? known) ? [.. known] : null;
        }
    }

    /// <summary>Everything, by name.</summary>
    public SortedDictionary<string, string[]> List()
    {
        lock (_lock)
        {
            return new SortedDictionary<string, string[]>(_addresses.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray()), StringComparer.Ordinal);
        }
    }

    private static string Normalize(string? name)
    {
        string trimmed = name?.TrimEnd('.') ?? "";
        return trimmed.Length is > 0 and <= LongestName && !trimmed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? trimmed.ToLowerInvariant()
            : throw new LocalCastException(LocalCastError.BadRequest, "a name has 1 to 253 characters and no blanks");
    }
}

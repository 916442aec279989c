using System.Text.Json;
using LocalCast.Mesh;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>What an agent knows of others beyond its own life: addresses, points and bans. One file, replaced as a whole.</summary>
internal sealed class MeshMemory(string folder, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(30);

    private readonly string _path = Path.Combine(folder, "mesh.json");
    private long _saved = timeProvider.GetTimestamp();
    private byte[] _content = [];
    private bool _hasFailed;

    /// <summary>Gives back what was kept; a file that makes no sense is as good as none.</summary>
    public void Restore(AddressBook book, MisbehaviourLedger ledger)
    {
        try
        {
            _content = File.ReadAllBytes(_path);
            if (JsonSerializer.Deserialize(_content, MeshKeptJson.Default.MeshKept) is not { } kept || kept.Addresses.Entries.Contains(null!) || kept.Addresses.Blocked?.Contains(null!) == true || kept.Offenders.Entries.Contains(null!))
            {
                throw new InvalidDataException($"'{_path}' has entries that are null");
            }

            book.Restore(kept.Addresses, TimeSpan.Zero);
            ledger.Restore(kept.Offenders, timeProvider.GetUtcNow());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The first start.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidDataException)
        {
            MeshLog.NotKept(logger, e.Message);
        }
    }

    public bool IsDue => timeProvider.GetElapsedTime(_saved) >= _every;

    /// <summary>Writes it down, if it changed.</summary>
    public void Save(MeshKept kept)
    {
        _saved = timeProvider.GetTimestamp();
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(kept, MeshKeptJson.Default.MeshKept);
        if (content.AsSpan().SequenceEqual(_content))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(folder);
            string draft = _path + ".new";
            File.WriteAllBytes(draft, content);
            File.Move(draft, _path, overwrite: true);
            (_content, _hasFailed) = (content, false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                MeshLog.NotKept(logger, e.Message); // once: it is tried again and again
            }

            _hasFailed = true;
        }
    }
}

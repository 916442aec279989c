using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>Whose a file or folder is.</summary>
internal static partial class FileOwner
{
    private const int CurrentFolder = -100; // AT_FDCWD: where a path that is not rooted would start
    private const uint WantsUid = 0x8; // STATX_UID
    private const int BufferBytes = 256; // struct statx: the same on all architectures
    private const int UidAt = 20;

    /// <summary>The user whom it belongs to, if that is another one than this process's; also when this one is root. <see langword="null"/> where it cannot be told.</summary>
    public static uint? OtherThanUs(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> buffer = stackalloc byte[BufferBytes];
            if (Statx(CurrentFolder, path, 0, WantsUid, ref MemoryMarshal.GetReference(buffer)) != 0)
            {
                return null;
            }

            uint owner = BinaryPrimitives.ReadUInt32LittleEndian(buffer[UidAt..]);
            return owner == EffectiveUser() ? null : owner;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library from before 2018
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}

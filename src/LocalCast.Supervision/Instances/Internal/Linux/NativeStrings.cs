using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>An array of C strings with a null at its end, as <c>argv</c> and <c>envp</c> are.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;
    private byte** _pointers;

    public NativeStrings(IReadOnlyCollection<string> strings)
    {
        _pointers = (byte**)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(byte*));
        foreach (string text in strings)
        {
            _pointers[_count++] = (byte*)Marshal.StringToCoTaskMemUTF8(text);
        }
    }

    public byte** Pointers => _pointers;

    public void Dispose()
    {
        for (int i = 0; i < _count && _pointers != null; i++)
        {
            Marshal.ZeroFreeCoTaskMemUTF8((nint)_pointers[i]);
        }

        NativeMemory.Free(_pointers);
        _pointers = null;
    }
}

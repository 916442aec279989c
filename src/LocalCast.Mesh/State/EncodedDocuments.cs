using System.Text.Json;

namespace LocalCast.Mesh;

/// <summary>Documents as they are sent: made once per version, and the same bytes for everybody who gets them. Bounded. Passive.</summary>
/// <remarks>In a star of a thousand agents each document goes to a thousand neighbours, and that of the one in the middle lists them all.</remarks>
internal sealed class EncodedDocuments(int mostBytes = EncodedDocuments.MostBytes)
{
    /// <summary>What is kept at most. Beyond it all is forgotten, and made anew as it is asked for.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private readonly Dictionary<string, Encoded> _encoded = new(StringComparer.Ordinal);

    /// <summary>The bytes that are kept.</summary>
    public int Bytes { get; private set; }

    private static ReadOnlySpan<byte> Before => "{\"documents\":["u8;

    private static ReadOnlySpan<byte> Behind => "]}"u8;

    /// <summary>A document's bytes.</summary>
    public Encoded Of(AgentDocument document)
    {
        if (_encoded.TryGetValue(document.Id, out Encoded? known))
        {
            if (ReferenceEquals(known.Document, document))
            {
                return known;
            }

            _encoded.Remove(document.Id);
            Bytes -= known.Alone.Length;
        }

        var made = new Encoded(document);
        if (made.Alone.Length > mostBytes - Bytes)
        {
            _encoded.Clear();
            Bytes = 0;
        }

        if (made.Alone.Length <= mostBytes)
        {
            _encoded.Add(document.Id, made);
            Bytes += made.Alone.Length;
        }

        return made;
    }

    /// <summary><c>state.data</c> with several documents.</summary>
    public static ReadOnlyMemory<byte> Join(IReadOnlyList<Encoded> documents)
    {
        if (documents is [var only])
        {
            return only.Alone;
        }

        byte[] joined = new byte[Before.Length + Behind.Length + documents.Sum(document => document.Size + 1) - 1];
        Before.CopyTo(joined);
        int at = Before.Length;
        foreach (Encoded document in documents)
        {
            if (at > Before.Length)
            {
                joined[at++] = (byte)',';
            }

            document.Itself.CopyTo(joined.AsSpan(at));
            at += document.Size;
        }

        Behind.CopyTo(joined.AsSpan(at));
        return joined;
    }

    /// <summary>One version of a document.</summary>
    internal sealed class Encoded
    {
        public Encoded(AgentDocument document)
        {
            byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(document, MeshJson.Default.AgentDocument);
            Document = document;
            Alone = [.. Before, .. bytes, .. Behind];
        }

        public AgentDocument Document { get; }

        /// <summary><c>state.data</c> with this document and no other.</summary>
        public byte[] Alone { get; }

        public int Size => Alone.Length - Before.Length - Behind.Length;

        public ReadOnlySpan<byte> Itself => Alone.AsSpan(Before.Length, Size);
    }
}

using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>How answers are read.</summary>
internal static class AnswerReaders
{
    public static readonly AnswerReader<byte[]> Bytes = static (in Packet packet, NodeJson _) => packet.Payload.ToArray();

    public static readonly AnswerReader<bool> Nothing = static (in Packet _, NodeJson _) => true;

    /// <summary>How many participants a publication was queued for. The acknowledgement of one subscriber counts nobody: it is that one.</summary>
    public static readonly AnswerReader<int> Delivered =
        static (in Packet packet, NodeJson _) => packet.Payload.IsEmpty ? 1 : JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.DeliveredData)!.Delivered;

    public static readonly AnswerReader<IReadOnlyList<NodeDescription>> Required =
        static (in Packet packet, NodeJson _) => JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.RequiredData)!.Nodes;

    public static readonly AnswerReader<IReadOnlyList<NodeDescription>> Descriptions =
        static (in Packet packet, NodeJson _) => JsonSerializer.Deserialize(packet.Payload, ControlJson.Default.ListNodeDescription)!;
}

/// <summary>How a result of a type is read: one delegate per type, for the life of the process.</summary>
internal static class ResultReader<T>
{
    public static readonly AnswerReader<T> Instance = static (in Packet packet, NodeJson json) => json.Read<T>(packet);
}

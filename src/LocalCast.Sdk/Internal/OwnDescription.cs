using System.Buffers;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>What a node says of itself, kept as the JSON that it is sent as: a ping asks many nodes at once, and hardly anything of it ever changes.</summary>
internal sealed class OwnDescription(NodeCore node)
{
    /// <summary>As in the agent's descriptions.</summary>
    private const int MostTopics = 100;

    /// <summary>What an answer needs beside its data.</summary>
    private const int EnvelopeRoom = 1024;

    private Constant? _constant;

    /// <summary>Whether it is made without the program's own code, so that any thread may make it.</summary>
    public bool IsPlain => node.Options.Describe is null;

    /// <summary>Makes what can be made ahead.</summary>
    public void Prepare() => _constant = Make();

    /// <summary>Writes it, with the program's own facts if it has any.</summary>
    public void Write(IBufferWriter<byte> destination)
    {
        Constant constant = _constant is { } known && known.Stamp == CurrentStamp() ? known : _constant = Make();
        if (IsPlain)
        {
            destination.Write(constant.Json);
        }
        else
        {
            destination.Write(Fit(WithDetails(constant.Description)));
        }

        WriteWhatMoves(destination);
    }

    /// <summary>State and uptime, in place of the brace that ended the rest.</summary>
    private void WriteWhatMoves(IBufferWriter<byte> destination)
    {
        ReadOnlySpan<byte> state = node.State switch
        {
            NodeState.Joining => ",\"state\":\"Joining\",\"uptime_ms\":"u8,
            NodeState.Ready => ",\"state\":\"Ready\",\"uptime_ms\":"u8,
            NodeState.Reconnecting => ",\"state\":\"Reconnecting\",\"uptime_ms\":"u8,
            NodeState.Draining => ",\"state\":\"Draining\",\"uptime_ms\":"u8,
            _ => ",\"state\":\"Left\",\"uptime_ms\":"u8,
        };
        destination.Write(state);
        Span<byte> number = destination.GetSpan(32);
        ((long)node.Now.TotalMilliseconds).TryFormat(number, out int size, provider: System.Globalization.CultureInfo.InvariantCulture);
        number[size] = (byte)'}';
        destination.Advance(size + 1);
    }

    private NodeDescription WithDetails(NodeDescription description)
    {
        try
        {
            return description with { Details = node.Options.Describe!() };
        }
        catch (Exception e)
        {
            return description with { Error = $"its description could not be built: {e.GetType().Name}: {e.Message}" };
        }
    }

    private Constant Make()
    {
        Stamp stamp = CurrentStamp(); // before what it stamps is read: a change in between makes this old at once
        var description = new NodeDescription
        {
            Name = node.Name,
            Version = node.Options.Version,
            Role = node.Options.IsClient ? "client" : "node",
            Pid = Environment.ProcessId,
            Methods = node.Options.Methods.Names,
            Requires = node.Options.RequiredNodes,
            Topics = [.. node.Topics.Patterns.Take(MostTopics)],
            Channel = node.Names.AddressOf(node.Name).Channel.ToString(),
        };
        return new Constant(stamp, description, Fit(description));
    }

    /// <summary>The JSON without its last brace. One that no frame could hold says so instead.</summary>
    private byte[] Fit(NodeDescription description)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(description, ControlJson.Default.NodeDescription);
        if (json.Length > node.MaxFrameBytes - EnvelopeRoom)
        {
            NodeDescription shorter = description with { Methods = null, Requires = null, Topics = null, Details = null, Error = $"its description has {json.Length} bytes, too many for a message" };
            json = JsonSerializer.SerializeToUtf8Bytes(shorter, ControlJson.Default.NodeDescription);
        }

        return json[..^1];
    }

    private Stamp CurrentStamp() => new(node.Options.Version, node.Options.Methods.Version, node.Topics.Version, node.MaxFrameBytes);

    /// <summary>What the constant part is made of, as far as it can change.</summary>
    private readonly record struct Stamp(string? Version, int Methods, int Topics, int MaxFrameBytes);

    private sealed record Constant(Stamp Stamp, NodeDescription Description, byte[] Json);
}

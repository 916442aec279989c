using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>A participant that is in: what it said of itself, and what is written into every frame that comes from it.</summary>
internal sealed class Member
{
    public Member(Hello hello, in Admission admission)
    {
        Tag = admission.Tag;
        StandsBy = admission.StandsBy;
        Hello = hello;
        Name = hello.Name;
        Channel = Channel.OfName(hello.Name);
        IsNode = hello.Role != "client";
        IsReady = hello.Ready ?? true;
        Methods = hello.Methods ?? [];
        byte[] name = Encoding.UTF8.GetBytes(hello.Name);
        FromName = [(byte)(name.Length >> 8), (byte)name.Length, .. name];
    }

    public Hello Hello { get; }

    public string Name { get; }

    public Channel Channel { get; }

    public bool IsNode { get; }

    /// <summary>Its name as the first optional field of a packet.</summary>
    public byte[] FromName { get; }

    public bool IsReady { get; set; }

    /// <summary>It was asked to stop.</summary>
    public bool IsDraining { get; set; }

    /// <summary>The keeper's number for it.</summary>
    public long Tag { get; }

    /// <summary>It waits for a name that it never had.</summary>
    public bool StandsBy { get; set; }

    /// <summary>Whether it would answer calls, as far as it depends on itself.</summary>
    public bool Serves => IsNode && IsReady && !IsDraining;

    public IReadOnlyList<string> Methods { get; set; }

    /// <summary>Whether it is the instance that a keeper means.</summary>
    public bool Is(string name, long tag) => Tag == tag && Name == name;

    public NodeDescription Describe(TimeSpan uptime, IReadOnlyList<string> topics) => new()
    {
        Name = Name,
        Version = Hello.Version,
        Role = IsNode ? "node" : "client",
        State = IsDraining ? "Draining" : IsReady ? "Ready" : "Starting",
        Pid = Hello.Pid,
        Methods = Methods,
        Requires = Hello.Requires ?? [],
        Topics = topics,
        UptimeMs = (long)uptime.TotalMilliseconds,
        Channel = Channel.ToString(),
    };
}

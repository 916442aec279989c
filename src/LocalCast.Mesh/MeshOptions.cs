namespace LocalCast.Mesh;

/// <summary>The bounds and times of the mesh. Every one is finite.</summary>
public sealed class MeshOptions
{
    /// <summary>The most links, of either direction.</summary>
    /// <value>1000</value>
    public int MostLinks { get; set; } = 1000;

    /// <summary>The most links that others dialled.</summary>
    /// <value>128</value>
    public int MostInbound { get; set; } = 128;

    /// <summary>Whether a newcomer takes the place of the least useful inbound link when there is no room, instead of being refused.</summary>
    /// <value><see langword="false"/></value>
    public bool EvictInbound { get; set; }

    /// <summary>How many links this agent wants to have dialled; below it dials what it has learnt.</summary>
    /// <value>8</value>
    public int WantedOutbound { get; set; } = 8;

    /// <summary>To which the pauses between dials of a configured peer grow that is not to be had. It is the owner of the <see cref="AddressBook"/> who passes it on.</summary>
    /// <value>60 s</value>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The most links that others dialled and whose handshake is not finished.</summary>
    /// <value>100</value>
    public int MostUnfinished { get; set; } = 100;

    /// <summary>The most of these from one address, or one /64 of IPv6. This machine itself has no such bound.</summary>
    /// <value>16</value>
    public int MostUnfinishedEach { get; set; } = 16;

    /// <summary>How long a handshake may take before it makes room for the next one from the same address.</summary>
    /// <value>1 s</value>
    public TimeSpan UnfinishedMoment { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a handshake may take.</summary>
    /// <value>10 s</value>
    public TimeSpan HandshakeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How far the clocks of two agents may differ.</summary>
    /// <value>10 s</value>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the holder of an id has to show that it lives when another link claims its id.</summary>
    /// <value>2 s</value>
    public TimeSpan DuplicateProbe { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a link may be silent before it is asked.</summary>
    /// <value>60 s</value>
    public TimeSpan KeepAliveIdle { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it then has to answer.</summary>
    /// <value>20 s</value>
    public TimeSpan KeepAliveAnswer { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the round trip of a link is measured, whether or not it is silent; zero: by keep-alive only.</summary>
    /// <value>zero; an agent measures every 30 s</value>
    public TimeSpan MeasureEvery { get; set; }

    /// <summary>The most bytes that wait to be sent on one link.</summary>
    /// <value>16 MiB</value>
    public int LinkQueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The most payload bytes of one message. Above 256 KiB it passes a link in chunks.</summary>
    /// <value>1 MiB, the frame limit of participants</value>
    public int MostMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>How many calls, publications and other messages of participants a neighbour may send or pass on per second; 0: any number. Beyond it calls are <c>RateLimited</c>, the rest is dropped and counted.</summary>
    /// <value>250000</value>
    public int NeighbourMessagesPerSecond { get; set; } = 250_000;

    /// <summary>How many bytes of these per second; 0: any number.</summary>
    /// <value>512 MiB</value>
    public int NeighbourBytesPerSecond { get; set; } = 512 * 1024 * 1024;

    /// <summary>How many bytes of calls and publications this machine's participants may send to other agents per second; 0: any number. Beyond it they get <c>RateLimited</c>.</summary>
    /// <value>0</value>
    public int OutgoingBytesPerSecond { get; set; }

    /// <summary>The most bytes of a hello.</summary>
    /// <value>16 KiB</value>
    public int MostHelloBytes { get; set; } = 16 * 1024;

    /// <summary>Whether addresses that only one site can reach are told to others.</summary>
    /// <value><see langword="false"/></value>
    public bool AnnouncePrivateAddresses { get; set; }

    /// <summary>How many agents may forward a message.</summary>
    /// <value>10</value>
    public byte Ttl { get; set; } = 10;

    /// <summary>How long a message is remembered so that it is not taken twice.</summary>
    /// <value>2 min</value>
    public TimeSpan RememberMessages { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The most messages that are remembered.</summary>
    /// <value>131072</value>
    public int MostRememberedMessages { get; set; } = 131072;

    /// <summary>The most calls of this agent in flight to others, and the most of others that pass through it.</summary>
    /// <value>32768</value>
    public int MostCalls { get; set; } = 32768;

    /// <summary>The most of these that one participant, or one neighbour, may have: none takes all the room.</summary>
    /// <value>8192</value>
    public int MostCallsEach { get; set; } = 8192;

    /// <summary>How long a call waits for a path to an agent of which there is none yet.</summary>
    /// <value>900 ms</value>
    public TimeSpan RouteWait { get; set; } = TimeSpan.FromMilliseconds(900);

    /// <summary>How long a call to an agent to which this one sees a way is tried again, while agents on the way see none.</summary>
    /// <value>5 s</value>
    public TimeSpan AgreeWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a subscriber has to acknowledge a publication to one before the next is tried.</summary>
    /// <value>5 s</value>
    public TimeSpan AcknowledgeWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After how many failures in a row a node of another agent is left alone for a while; 0: never.</summary>
    /// <value>5</value>
    public int CircuitFailures { get; set; } = 5;

    /// <summary>How long it is left alone at first; doubled each time that the one call after it fails as well.</summary>
    /// <value>1 s</value>
    public TimeSpan CircuitPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it is left alone at most.</summary>
    /// <value>30 s</value>
    public TimeSpan MostCircuitPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long this agent stays away at first when it has left the mesh to an older one with its id; doubled each time that one is still there.</summary>
    /// <value>60 s</value>
    public TimeSpan TwinPause { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it stays away at most.</summary>
    /// <value>10 min</value>
    public TimeSpan MostTwinPause { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most documents of other agents.</summary>
    /// <value>8192</value>
    public int MostDocuments { get; set; } = 8192;

    /// <summary>How long the document of an agent that cannot be reached is kept.</summary>
    /// <value>60 s</value>
    public TimeSpan KeepUnreachable { get; set; } = TimeSpan.FromSeconds(60);
}

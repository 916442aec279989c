using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Broadcasting.Internal;

/// <summary>What all sessions share: the clock, the options, who is in, and the routers. Holds no logic of its own.</summary>
internal sealed class Hub
{
    private readonly long _start;
    private bool _hasNewCalls;

    public Hub(BroadcasterOptions options, TimeProvider timeProvider, ILogger logger, INodeKeeper? keeper = null)
    {
        Options = options;
        TimeProvider = timeProvider;
        Logger = logger;
        _start = timeProvider.GetTimestamp();
        Agent = new AgentInfo { Id = options.AgentId ?? options.AgentName, Name = options.AgentName, Version = options.AgentVersion };
        Keeper = new KeeperLink(logger, keeper);
        Membership = new Membership(this);
        Reception = new Reception(this);
        Sessions = new SessionSet(this);
        Uplink = new UplinkPort(this);
        Calls = new CallRouter(this);
        Subscriptions = new SubscriptionBook(this);
        Topics = new TopicRouter(this);
        Deliveries = new DeliveryRouter(this);
        Pings = new PingRouter(this);
        Requires = new RequireRouter(this);
        Parking = new Parking(this);
        Waking = new Waking(this);
        Orders = new NodeOrders(this);
        AgentCalls = new AgentCalls(this);
        Router = new PacketRouter(this);
        Housekeeper = new Housekeeper(this); // last: it looks at all of them
    }

    public BroadcasterOptions Options { get; }

    public TimeProvider TimeProvider { get; }

    public ILogger Logger { get; }

    public AgentInfo Agent { get; }

    public BroadcasterCounters Counters { get; } = new();

    public Membership Membership { get; }

    public Reception Reception { get; }

    public SessionSet Sessions { get; }

    public UplinkPort Uplink { get; }

    public PacketRouter Router { get; }

    public CallRouter Calls { get; }

    public TopicRouter Topics { get; }

    public SubscriptionBook Subscriptions { get; }

    public DeliveryRouter Deliveries { get; }

    public PingRouter Pings { get; }

    public RequireRouter Requires { get; }

    public KeeperLink Keeper { get; }

    public Parking Parking { get; }

    public Waking Waking { get; }

    public NodeOrders Orders { get; }

    public AgentCalls AgentCalls { get; }

    public Housekeeper Housekeeper { get; }

    /// <summary>A call or a publication to acknowledge came since housekeeping last looked.</summary>
    public bool HasNewCalls
    {
        get => Volatile.Read(ref _hasNewCalls);
        set => Volatile.Write(ref _hasNewCalls, value);
    }

    /// <summary>Whether anything may wait for its time beside the calls that housekeeping knows.</summary>
    public bool HasDeadlines => HasNewCalls || Pings.HasRounds || Requires.HasWaiting || Reception.HasClaims || Parking.HasCalls || AgentCalls.HasOpen;

    /// <summary>Time since the hub began.</summary>
    public TimeSpan Now => TimeProvider.GetElapsedTime(_start);

    public HubCensus Count() => new(
        Sessions.Count, Membership.NameCount, Membership.ChannelCount, Reception.ClaimCount, !Subscriptions.IsEmpty, Pings.Count, Requires.Count,
        Membership.NamelessCount, Parking.Count, AgentCalls.Count);

    /// <summary>The deadline that a message asks for, or the default.</summary>
    public TimeSpan DeadlineOf(in Packet packet, TimeSpan now) =>
        now + (packet.DeadlineMs is { } ms ? TimeSpan.FromMilliseconds(ms) : Options.DefaultDeadline);
}

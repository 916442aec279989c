using LocalCast.Broadcasting;
using LocalCast.Mesh;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>An agent's part in the mesh: the machine, what drives it, and what connects it to the hub and to other agents.</summary>
internal sealed class MeshUplink : IUplink, IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly Broadcaster _hub;
    private readonly MeshDirectory _directory = new();
    private readonly MeshDriver _driver;
    private readonly MeshLinks _links;
    private readonly HubWay _way;
    private readonly MeshNews _news;
    private readonly OwnNodes _ownNodes;
    private readonly MeshSaving _saving;
    private readonly MeshQuestions _questions;
    private readonly MeshPort? _port;
    private readonly MeshSelf _self;
    private readonly NoticeThrottle _throttle;
    private bool _hasDirectoryChanged;
    private Task _accepting = Task.CompletedTask;
    private Task _bridging = Task.CompletedTask;

    private MeshUplink(MeshSettings settings, MeshSelf self, MeshPort? port, Broadcaster hub, BroadcasterOptions hubOptions, string dataFolder, TimeProvider timeProvider, ILogger logger)
    {
        (_self, _port, _hub, _logger) = (self, port, hub, logger);
        _throttle = new NoticeThrottle(timeProvider);
        var memory = new MeshMemory(dataFolder, timeProvider, logger);
        var random = new Random();
        var book = new AddressBook(random, settings.Options.LongestPause);
        var ledger = new MisbehaviourLedger();
        memory.Restore(book, ledger);
        ConfiguredPeers.Enter(settings.Peers, book, self, logger);
        _driver = new MeshDriver(new MeshMachine(self, settings.Options, book, ledger, random), timeProvider)
        {
            Perform = Perform,
            Done = Flush,
            Ticking = BeforeTick,
            Failed = e => MeshLog.Defect(logger, e),
        };
        _ownNodes = new OwnNodes(_driver, hub.DescribeForOthers);
        _saving = new MeshSaving(memory, _driver, logger);
        _questions = new MeshQuestions(_driver);
        _links = new MeshLinks(_driver, self, hubOptions.Protocol, settings.Sockets, timeProvider, logger);
        _news = new MeshNews(hub, _directory, logger);
        var pings = new MeshPings(timeProvider);
        _way = new HubWay(number => new HubBridge(hub.ConnectUplink(this), hubOptions, _driver, _directory, pings, hub.Refuse, number), _news.TellTopics, timeProvider, logger);
    }

    /// <summary>Where other agents dial this one; <see langword="null"/> when they cannot.</summary>
    public string? ListenAddress => _port?.Url;

    /// <summary>Told which nodes are ready on other agents, with all versions of each, when that changes.</summary>
    public Action<IReadOnlyDictionary<string, IReadOnlyList<string?>>>? ReadyChanged { get; set; }

    /// <summary>What the agent itself may ask.</summary>
    public MeshQuestions Questions => _questions;

    /// <summary>What an operator may ask of it.</summary>
    public MeshOperations Operations => new(_driver, () => _port?.Events ?? []);

    public bool HasAgents => _directory.HasAgents;

    public static async Task<MeshUplink> StartAsync(
        AgentOptions options, Broadcaster hub, string dataFolder, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        MeshSettings settings = options.Mesh;
        if (settings.WhyNotToStart(options.Broadcaster) is { } refusal)
        {
            throw new LocalCastException(LocalCastError.BadRequest, refusal);
        }

        ILogger logger = loggerFactory.CreateLogger<MeshUplink>();
        MeshPort? port = settings.Port is { } number ? await MeshPort.OpenAsync(settings.Host, number, settings.Options.MostInbound, settings.Sockets, loggerFactory, timeProvider, cancellationToken).ConfigureAwait(false) : null;
        MeshSelf self = settings.Describe(options.Broadcaster, port?.Url, timeProvider.GetUtcNow());
        MeshUplink uplink;
        try
        {
            uplink = new MeshUplink(settings, self, port, hub, options.Broadcaster, dataFolder, timeProvider, logger);
        }
        catch
        {
            if (port is not null)
            {
                await port.CloseAsync().ConfigureAwait(false);
                await port.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        uplink.Run();
        MeshLog.Started(logger, self.Network, self.Id, port is null ? "" : $", listening at {port.Url}");
        if (port is not null)
        {
            MeshLog.Open(logger, port.Url);
        }

        return uplink;
    }

    public int CountNodes() => _directory.NodeCount;

    public bool HasNode(Channel node) => _directory.HasNode(node);

    public bool CanReach(Channel node) => _directory.CanReach(node);

    public bool IsThisAgent(string agent) => agent == _self.Id || (agent == _self.Name && !_directory.HasAgentNamed(agent)); // several of the name: the mesh says so

    public bool IsInGroup(string group) => _self.Groups.Contains(group);

    public bool TellsNodes => _self.TellsNodes;

    public int CountSubscribers(string topic, string? group) => _driver.Ask((topic, group), static (machine, what, _) => machine.CountSubscribers(what.topic, what.group));

    public bool TakeCongestion(Channel sender) => _way.Bridge.Requests.TakeCongestion(sender);

    public void NodesChanged() => _ownNodes.Changed();

    /// <summary>Leaves the mesh: others are told, then all links end. Whoever on this machine still waits for others then hears it at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_port is not null)
        {
            await _port.CloseAsync().ConfigureAwait(false);
        }

        await _links.StopOpeningAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await _driver.StopAsync().ConfigureAwait(false);
        _saving.End();
        _driver.Do(0, static (machine, _, now) => machine.Leave(now));
        await _links.DisposeAsync().ConfigureAwait(false);
        _questions.End();
        _way.End();
        await _bridging.ConfigureAwait(false);
        _way.Dispose();
        if (_port is not null)
        {
            await _port.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Run()
    {
        _bridging = _way.RunAsync();
        if (_port is not null)
        {
            _accepting = _links.AcceptAsync(_port);
        }

        _driver.Start();
    }

    private void Perform(MeshEffect effect)
    {
        switch (effect)
        {
            case WakeLink wake:
                _links.Wake(wake.Link);
                break;
            case CloseLink close:
                _links.Close(close.Link, close.Reason);
                break;
            case DialAddress dial:
                _links.Dial(dial.Address);
                break;
            case DeliverCall call:
                _way.Bridge.Deliveries.Call(call);
                break;
            case CancelDelivered cancel:
                _way.Bridge.Deliveries.Cancel(cancel);
                break;
            case DeliverPublication publication:
                _way.Bridge.Deliveries.Publish(publication);
                break;
            case DeliverPing ping:
                _way.Bridge.Deliveries.Ping(ping.Ping);
                break;
            case DeliverMessage other:
                _way.Bridge.Deliveries.Pass(other.Message);
                break;
            case DeliverPong pong:
                _way.Bridge.Requests.Pong(pong);
                break;
            case AnswerRequest answer when _questions.TryTake(answer):
                break;
            case AnswerRequest answer:
                _way.Bridge.Requests.Answer(answer);
                break;
            case MessageRefused refused:
                _hub.Refuse(refused.Sender, refused.Id, refused.Why);
                break;
            case AgentChanged change:
                _news.Tell(change);
                _hasDirectoryChanged = true;
                _driver.TickSoon();
                break;
            case LinkCongested congested:
                MeshLog.Congested(_logger, congested.Link, congested.IsCongested ? "nearly full" : "free again");
                break;
            case MeshNotice { IsGrave: true } alarm:
                MeshLog.Alarm(_logger, alarm.Name, alarm.Peer, alarm.Reason);
                break;
            case MeshNotice notice:
                if (_throttle.IsWorthALine(notice.Name, notice.Peer))
                {
                    MeshLog.Notice(_logger, notice.Name, notice.Peer, notice.Reason);
                }
                else
                {
                    MeshLog.Detail(_logger, notice.Name, notice.Peer, notice.Reason);
                }

                break;
            default:
                throw new InvalidOperationException($"nobody does {effect.GetType().Name}");
        }
    }

    private void Flush()
    {
        _links.Flush();
        _way.Bridge.Flush();
    }

    private void BeforeTick()
    {
        _links.Watch();
        if (ReadyChanged is { } changed && Interlocked.Exchange(ref _hasDirectoryChanged, false))
        {
            changed(_directory.ReadyNodes());
        }

        if (_saving.IsDue)
        {
            if (_way.Bridge.Deliveries.TakeDropped() is > 0 and var dropped)
            {
                MeshLog.Dropped(_logger, dropped);
            }

            _saving.Begin();
        }

        _ownNodes.TellIfChanged(); // last: should it fail time and again, the rest is done all the same
    }
}

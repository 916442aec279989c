using LocalCast.Broadcasting;
using LocalCast.Mesh;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>An agent's part in the mesh: the machine, what drives it, and what connects it to the hub and to other agents.</summary>
internal sealed class MeshUplink : IUplink, IAsyncDisposable
{
    private readonly MeshSettings _settings;
    private readonly ILogger _logger;
    private readonly Broadcaster _hub;
    private readonly MeshDirectory _directory = new();
    private readonly MeshDriver _driver;
    private readonly MeshLinks _links;
    private readonly HubBridge _bridge;
    private readonly MeshNews _news;
    private readonly MeshQuestions _questions;
    private readonly MeshMemory _memory;
    private readonly MeshPort? _port;
    private readonly MeshSelf _self;
    private readonly NoticeThrottle _throttle;
    private readonly Lock _saving = new();
    private bool _haveNodesChanged = true;
    private bool _hasDirectoryChanged;
    private bool _isSaved;
    private Task _accepting = Task.CompletedTask;
    private Task _bridging = Task.CompletedTask;

    private MeshUplink(MeshSettings settings, MeshSelf self, MeshPort? port, Broadcaster hub, ProtocolLimits limits, int maxQueuedBytes, string dataFolder, TimeProvider timeProvider, ILogger logger)
    {
        (_settings, _self, _port, _hub, _logger) = (settings, self, port, hub, logger);
        _throttle = new NoticeThrottle(timeProvider);
        _memory = new MeshMemory(dataFolder, timeProvider, logger);
        var random = new Random();
        var book = new AddressBook(random);
        var ledger = new MisbehaviourLedger();
        _memory.Restore(book, ledger);
        foreach (string peer in settings.Peers)
        {
            if (!book.AddConfigured(peer))
            {
                throw new LocalCastException(LocalCastError.BadRequest, $"the peer '{peer}' is no address such as ws://host:46356");
            }
        }

        _driver = new MeshDriver(new MeshMachine(self, settings.Options, book, ledger, random), timeProvider) 
        {
            Perform = Perform,
            Done = Flush,
            Ticking = BeforeTick,
            Failed = e => MeshLog.Defect(logger, e),
        };
        _questions = new MeshQuestions(_driver);
        _links = new MeshLinks(_driver, self, limits, timeProvider, logger);
        _bridge = new HubBridge(hub.ConnectUplink(this), _driver, _directory, timeProvider, limits.MaxFrameBytes, maxQueuedBytes);
        _news = new MeshNews(hub, _directory, logger);
    }

    /// <summary>Where other agents dial this one; <see langword="null"/> when they cannot.</summary>
    public string? ListenAddress => _port?.Url;

    /// <summary>Told which nodes are ready on other agents, with all versions of each, when that changes.</summary>
    public Action<IReadOnlyDictionary<string, IReadOnlyList<string?>>>? ReadyChanged { get; set; }

    /// <summary>What the agent itself may ask.</summary>
    public MeshQuestions Questions => _questions;

    /// <summary>What an operator may ask of it.</summary>
    public MeshOperations Operations => new(_driver);

    public bool HasAgents => _directory.HasAgents;

    public static async Task<MeshUplink> StartAsync(
        AgentOptions options, Broadcaster hub, string dataFolder, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        MeshSettings settings = options.Mesh;
        if (settings.Security != MeshSecurity.None)
        {
            throw new LocalCastException(LocalCastError.BadRequest, "this agent has no keys yet, so a mesh takes mesh.security: none (--mesh-security none), said on purpose: then whoever reaches the port is in");
        }

        ILogger logger = loggerFactory.CreateLogger<MeshUplink>();
        MeshPort? port = settings.Port is { } number ? await MeshPort.OpenAsync(settings.Host, number, loggerFactory, timeProvider, cancellationToken).ConfigureAwait(false) : null;
        var self = new MeshSelf
        {
            Id = options.Broadcaster.AgentId ?? options.Broadcaster.AgentName,
            Name = options.Broadcaster.AgentName,
            Network = settings.Network,
            Boot = (ulong)timeProvider.GetUtcNow().ToUnixTimeMilliseconds(),
            Software = $"LocalCast {options.Broadcaster.AgentVersion}",
            ListenAddress = settings.PublicAddress ?? port?.Url,
            Groups = settings.Groups,
        };
        MeshUplink uplink;
        try
        {
            uplink = new MeshUplink(settings, self, port, hub, options.Broadcaster.Protocol, options.Broadcaster.MaxQueuedBytes, dataFolder, timeProvider, logger);
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

    public bool IsThisAgent(string agent) => agent == _self.Id || agent == _self.Name;

    public int CountSubscribers(string topic, string? group) => _driver.Ask((topic, group), static (machine, what, _) => machine.CountSubscribers(what.topic, what.group));

    public bool TakeCongestion() => _bridge.TakeCongestion();

    public void NodesChanged() => Volatile.Write(ref _haveNodesChanged, true);

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
        SaveAtEnd();
        _driver.Do(0, static (machine, _, now) => machine.Leave(now));
        await _links.DisposeAsync().ConfigureAwait(false);
        _questions.End();
        _bridge.End();
        await _bridging.ConfigureAwait(false);
        if (_port is not null)
        {
            await _port.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Run()
    {
        _bridging = RunBridgeAsync();
        if (_port is not null)
        {
            _accepting = _links.AcceptAsync(_port);
        }

        _driver.Start();
    }

    private async Task RunBridgeAsync()
    {
        try
        {
            await _bridge.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            MeshLog.Defect(_logger, e); // what waits for other agents fails; this machine goes on
        }
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
                _bridge.Call(call);
                break;
            case CancelDelivered cancel:
                _bridge.Cancel(cancel);
                break;
            case DeliverPublication publication:
                _bridge.Publish(publication);
                break;
            case DeliverPing when !_settings.IsRegistryEnabled:
                break; // nobody there counts on an answer, and who hides its nodes does not tell them
            case DeliverPing ping:
                _bridge.Ping(ping.Ping);
                break;
            case DeliverPong pong:
                _bridge.Pong(pong);
                break;
            case DeliverMessage other:
                _bridge.Pass(other.Message);
                break;
            case AnswerRequest answer when _questions.TryTake(answer):
                break;
            case AnswerRequest answer:
                _bridge.Answer(answer);
                break;
            case AgentChanged change:
                _news.Tell(change);
                _hasDirectoryChanged = true;
                break;
            case LinkCongested congested:
                MeshLog.Congested(_logger, congested.Link, congested.IsCongested ? "nearly full" : "free again");
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
        _bridge.Flush();
    }

    private void BeforeTick()
    {
        _links.Watch();
        if (Interlocked.Exchange(ref _haveNodesChanged, false))
        {
            _driver.Do(_settings.IsRegistryEnabled ? _hub.DescribeForOthers() : [], static (machine, nodes, now) => machine.SetNodes(nodes, now));
        }

        if (ReadyChanged is { } changed && Interlocked.Exchange(ref _hasDirectoryChanged, false))
        {
            changed(_directory.ReadyNodes());
        }

        if (_memory.IsDue)
        {
            if (_bridge.TakeDropped() is > 0 and var dropped)
            {
                MeshLog.Dropped(_logger, dropped);
            }

            ThreadPool.UnsafeQueueUserWorkItem(static self => self.SaveIfDue(), this, preferLocal: false); // a disk may be slow, and links are watched meanwhile
        }
    }

    private void SaveIfDue()
    {
        if (!_saving.TryEnter())
        {
            return; // somebody is at it
        }

        try
        {
            if (!_isSaved && _memory.IsDue)
            {
                Save_NeedsLock();
            }
        }
        finally
        {
            _saving.Exit();
        }
    }

    /// <summary>Saves for the last time.</summary>
    private void SaveAtEnd()
    {
        lock (_saving)
        {
            _isSaved = true; // what comes later may find the folder in other hands
            Save_NeedsLock();
        }
    }

    private void Save_NeedsLock()
    {
        try
        {
            _memory.Save(_driver.Ask(0, static (machine, _, now) => new MeshKept(machine.Book.Save(now.Now), machine.Ledger.Content)));
        }
        catch (Exception e)
        {
            MeshLog.Defect(_logger, e);
        }
    }
}

using System.Buffers;
using System.Security.Cryptography;
using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;
using Capstan.Engine.Models;
using Capstan.Engine.Permissions;
using Capstan.Engine.Retention;
using Capstan.Engine.Status;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Tools;
using Capstan.Engine.Tools.Bash;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine;

/// <summary>The engine: everything behind the faces, put together in one place.</summary>
public sealed class CapstanEngine : IAsyncDisposable
{
    // The longest that a command takes to end, and some more. A tool that heeds nothing must not keep the server.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Lazy<Task> _drained;
    private readonly TurnWaiters _waiters = new();
    private readonly RunningCalls _calls;
    private readonly ModelContexts _contexts;
    private readonly Recovery _recovery;
    private readonly Housekeeping _housekeeping;
    private readonly HttpClient _http;
    private readonly HttpClient _pages;
    private Task _tidying = Task.CompletedTask;

    private CapstanEngine(EngineOptions options, IStore store, ILoggerFactory loggers)
    {
        Options = options;
        Store = store;
        var time = options.Time;
        var logger = loggers.CreateLogger<CapstanEngine>();
        Identifiers = new IdentifierSource(time, options.Seed);
        Hub = new EventHub(options.Hub, store.LastEventSequence);
        Telemetry = options.Telemetry?.Invoke() ?? new EngineTelemetry();
        var observer = new EngineObserver(Telemetry, time, logger);
        Journal = new SessionJournal(Telemetry, store, Hub, time, Identifiers, options.Journal, loggers.CreateLogger<SessionJournal>(), options.Scheduler);
        var proxy = new LoopbackBypass(options.Proxy);
        // Keys go to the address that was configured for them, not to where it redirects.
        _http = CreateHttp(proxy, followsRedirects: false);
        _pages = CreateHttp(proxy, followsRedirects: true);
        var notices = new NoticeBoard(logger);
        Workspaces = options.LoadWorkspace is { } load
            ? new WorkspaceCatalogue(load)
            : new WorkspaceCatalogue(new WorkspaceLoader(options.Paths, options.Environment, _pages, time, notices, logger));
        Activities = new SessionActivities(time);
        Permissions = new PermissionDesk(store, Journal, Identifiers, Activities, time, observer);
        Tools = new ToolSet([.. BuiltInTools.Create(time), .. options.Tools]);
        var chatClients = new ChatClients(_http, proxy, time, $"capstan/{options.Version}", options.CreateChatClient);
        var marks = new ProcessMarks(options.Paths.Data);
        var snapshots = new SnapshotCatalogue(options.Paths, time, logger, notices);
        _housekeeping = new Housekeeping(
            [
                new ToolOutputRetention(options.Paths.ToolOutput, options.Retention, time, logger),
                new SnapshotRetention(snapshots, options.Paths.Data, options.Retention, time, logger),
            ],
            time,
            logger);
        _contexts = new ModelContexts(store, options.Contexts, time);
        var services = new TurnServices(
            store,
            Journal,
            Workspaces,
            options.Paths,
            chatClients,
            Tools,
            Permissions,
            _waiters,
            new TitleWriter(store, Journal, chatClients, time, observer, _stopping.Token),
            Identifiers,
            time,
            options.Turns,
            logger)
        {
            Activities = Activities,
            Contexts = _contexts,
            Marks = marks,
            Observer = observer,
            Snapshots = snapshots,
            Jitter = Chance(options.Seed),
        };
        Runners = new SessionRunners(sessionID => new SessionRunner(
            sessionID, abort => new Turn(services, sessionID).RunAsync(abort), time, logger, services.Jitter, options.Scheduler));
        Turns = new TurnControl(store, Runners);
        Sessions = new SessionCatalogue(store, Journal, Workspaces, Runners, Turns, _waiters, _contexts, Identifiers, time, options.Version);
        Prompts = new PromptGate(store, Journal, Workspaces, Runners, Turns, _waiters, Identifiers, time, observer);
        EngineGauges.Add(this);
        _drained = new Lazy<Task>(() => Runners.DrainAsync(LeaveToPeopleAsync));
        _calls = services.Calls;
        _recovery = new Recovery(
            store,
            Journal,
            marks,
            options.EndOrphans ?? ((found, cancellationToken) => OrphanedCommands.EndAsync(found, BashTool.DefaultGrace, time, cancellationToken)),
            logger);
    }

    /// <summary>How it was set up.</summary>
    public EngineOptions Options { get; }

    /// <summary>Where everything is kept; for reading.</summary>
    public IStore Store { get; }

    /// <summary>Where events come from.</summary>
    public EventHub Hub { get; }

    /// <summary>Where sessions are made, changed and deleted.</summary>
    public SessionCatalogue Sessions { get; }

    /// <summary>Where prompts come in.</summary>
    public PromptGate Prompts { get; }

    /// <summary>Where turns are stopped.</summary>
    public TurnControl Turns { get; }

    /// <summary>Where calls ask and people answer.</summary>
    public PermissionDesk Permissions { get; }

    /// <summary>What turns that run wait for.</summary>
    public SessionActivities Activities { get; }

    /// <summary>The workspaces in use.</summary>
    public WorkspaceCatalogue Workspaces { get; }

    /// <summary>The tools that there are.</summary>
    public ToolSet Tools { get; }

    /// <summary>Where identifiers come from.</summary>
    public IdentifierSource Identifiers { get; }

    /// <summary>What has been measured since the start.</summary>
    public MetricsCollector Metrics => Telemetry.Metrics;

    internal EngineTelemetry Telemetry { get; }

    internal SessionJournal Journal { get; }

    internal SessionRunners Runners { get; }

    /// <summary>Opens the store, closes what a dead process left open, and takes up what it had accepted.</summary>
    /// <exception cref="StoreInUseException">Another server owns the data directory.</exception>
    /// <exception cref="StoreUnusableException">The data directory or the database cannot be used.</exception>
    public static async Task<CapstanEngine> StartAsync(EngineOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var store = options.OpenStore();
        CapstanEngine? engine = null;
        try
        {
            engine = new CapstanEngine(options, store, loggers);
            foreach (var sessionID in await engine._recovery.RunAsync(cancellationToken))
                engine.Runners.Signal(sessionID);
            // A simulation has neither outputs nor snapshots, and decides itself what happens when.
            if (options.Scheduler is null)
                engine._tidying = engine._housekeeping.RunAsync(engine._stopping.Token);
            return engine;
        }
        catch
        {
            // The data directory and the journal's thread are free again for whoever tries next.
            await (engine?.DisposeAsync() ?? store.DisposeAsync());
            throw;
        }
    }

    /// <summary>Says where this engine is reached, to programs that find its data directory in use.</summary>
    public void Announce(Uri address) => Store.Announce(address);

    /// <summary>
    /// What was shown live of calls that run and is in no durable event: a <c>message.part.updated</c> for each. A reader that comes
    /// back is told these after what it missed.
    /// </summary>
    /// <param name="directory">Only those of this workspace, or of all where null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<PublishedEvent>> ReadGrowingAsync(string? directory, CancellationToken cancellationToken)
    {
        var now = Options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var parts = await Store.ListGrowingPartsAsync(directory, cancellationToken);
        return [.. parts.Select(part => PartUpdate.Live(Identifiers, part.Session, new ReadOnlySequence<byte>(part.Json), now))];
    }

    /// <summary>
    /// Begins no further turns; those that run go on. Requests that wait for a turn which waits for a person end: nobody may come.
    /// </summary>
    public void BeginDrain()
    {
        Runners.Stop();
        _ = _drained.Value;
    }

    /// <summary>
    /// Begins no further turns, and gives those that run some time to end. What is accepted from now on waits for the next start.
    /// </summary>
    /// <remarks>A turn that waits for people and nothing else is not waited for: it goes on with the next start, and so does its request.</remarks>
    /// <param name="grace">How long to wait.</param>
    /// <param name="atOnce">Waits no longer.</param>
    public async Task DrainAsync(TimeSpan grace, CancellationToken atOnce = default)
    {
        BeginDrain();
        _stopping.Cancel();
        try
        {
            await _drained.Value.WaitAsync(grace, Options.Time, atOnce);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // They are left as a crash would leave them, and taken up by the next start.
        }
    }

    /// <summary>Returns once a session waits for people alone; whoever waits for its turns has been told that there will be no end here.</summary>
    private async Task LeaveToPeopleAsync(string sessionID)
    {
        await Activities.UntilLeftToPeopleAsync(sessionID, _ended.Token);
        foreach (var prompt in await Store.ReadInboxAsync(sessionID, CancellationToken.None))
            _waiters.Complete(prompt.MessageID, new TurnResult(null));
    }

    /// <summary>Stops. Turns that still run are left for the next start; what was accepted stays in the store.</summary>
    public async ValueTask DisposeAsync()
    {
        Runners.Stop();
        _stopping.Cancel();
        _ended.Cancel();
        // The journal first: what the turns do from here on is not recorded, so that they do not end as aborted.
        await Journal.DisposeAsync();
        await _tidying;
        await Runners.AbandonAsync();
        // No process outlives the server, those of turns that were aborted a moment ago among them.
        await _calls.WaitAsync(CallLimit, Options.Time);
        _waiters.CompleteAll();
        _contexts.Dispose();
        await Store.DisposeAsync();
        Telemetry.Dispose();
        _http.Dispose();
        _pages.Dispose();
        _stopping.Dispose();
        _ended.Dispose();
    }

    private static HttpClient CreateHttp(LoopbackBypass proxy, bool followsRedirects) => new(new SocketsHttpHandler
    {
        // Idle connections to a model are dropped before most servers drop theirs.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(50),
        ConnectTimeout = TimeSpan.FromSeconds(30),
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = followsRedirects,
        Proxy = proxy,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static Func<double> Chance(int? seed)
    {
        var random = new Random(seed ?? RandomNumberGenerator.GetInt32(int.MaxValue));
        // Sessions draw from it at the same time, which a generator with a seed does not bear.
        var drawing = new Lock();
        return () =>
        {
            lock (drawing)
                return random.NextDouble();
        };
    }
}

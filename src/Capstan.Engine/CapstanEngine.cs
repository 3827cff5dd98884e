using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Browsing;
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
using Capstan.Engine.Tools.Webfetch;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Changes;
using Capstan.Engine.Workspaces.Snapshots;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine;

/// <summary>The engine: everything behind the faces, put together in one place.</summary>
public sealed class CapstanEngine : IAsyncDisposable
{
    // The longest that a command takes to end once it is told to, and some more. A tool that ignores its token must not keep the
    // server from ending.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Lazy<Task> _drained;
    private readonly TurnWaiters _waiters = new();
    private readonly RunningCalls _calls = new();
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
        Hub = new EventHub(options.Hub, store.NewestCursor);
        Telemetry = options.Telemetry?.Invoke() ?? new EngineTelemetry();
        var observer = new EngineObserver(Telemetry, time, logger);
        Journal = new SessionJournal(Telemetry, store, Hub, time, Identifiers, options.Journal, loggers.CreateLogger<SessionJournal>(), options.Scheduler);
        var proxy = new LoopbackBypass(options.Proxy);
        // The client for models follows no redirects: a key goes to the address that it was configured for, and nowhere else.
        _http = CreateHttp(proxy, followsRedirects: false);
        _pages = CreateHttp(proxy, followsRedirects: true);
        var notices = new NoticeBoard(logger);
        Files = new WorkspaceFiles(time);
        Changes = new WorkspaceChanges(time);
        Workspaces = options.LoadWorkspace is { } load
            ? new WorkspaceCatalogue(load)
            : new WorkspaceCatalogue(new WorkspaceLoader(options.Paths, options.Environment, _pages, time, notices, logger));
        Activities = new SessionActivities(time);
        Permissions = new PermissionDesk(store, Journal, Identifiers, Activities, time, observer);
        var pages = new PageFetcher(proxy, Dns.GetHostAddressesAsync, $"Mozilla/5.0 (compatible; capstan/{options.Version})");
        Tools = new ToolSet([.. BuiltInTools.Create(time, pages: pages), .. options.Tools]);
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
        var jitter = Chance(options.Seed);
        var tools = new ToolDesk(Tools, Permissions, Activities, _calls, marks, options.Paths, Identifiers, observer);
        var executors = new WorkExecutors(
            [new PromptExecutor(chatClients, tools, Activities, observer, Identifiers, options.Turns, jitter), .. options.WorkExecutors]);
        var titles = new TitleWriter(store, Journal, chatClients, time, observer, _stopping.Token);
        var turns = new SessionTurns(
            store, Journal, Workspaces, executors, _contexts, snapshots, titles, _waiters, Identifiers, options.Turns, observer);
        Runners = new SessionRunners(sessionID => new SessionRunner(
            sessionID, turn => turns.RunAsync(sessionID, turn), time, logger, jitter, options.Scheduler));
        Turns = new TurnControl(store, Journal, Runners);
        Sessions = new SessionCatalogue(store, Journal, Workspaces, Runners, Turns, _waiters, _contexts, Identifiers, time, options.Version);
        Work = new WorkAdmission(store, Journal, Runners, Turns, _waiters);
        Prompts = new PromptGate(store, Journal, Workspaces, Runners, Work, _waiters, Identifiers, time, observer);
        EngineGauges.Add(this);
        _drained = new Lazy<Task>(() => Runners.DrainAsync(LeaveToPeopleAsync));
        _recovery = new Recovery(
            store,
            Journal,
            marks,
            options.EndOrphans ?? ((found, cancellationToken) => OrphanedCommands.EndAsync(found, BashTool.DefaultGrace, time, cancellationToken)),
            logger);
    }

    /// <summary>How the engine was set up.</summary>
    public EngineOptions Options { get; }

    /// <summary>The store, for reading: the journal alone writes to it.</summary>
    public IStore Store { get; }

    /// <summary>The hub that hands events to readers.</summary>
    public EventHub Hub { get; }

    /// <summary>Makes, changes and deletes sessions.</summary>
    public SessionCatalogue Sessions { get; }

    /// <summary>The gate where prompts come in.</summary>
    public PromptGate Prompts { get; }

    /// <summary>Stops turns.</summary>
    public TurnControl Turns { get; }

    /// <summary>The desk where tool calls ask for permissions and people answer.</summary>
    public PermissionDesk Permissions { get; }

    /// <summary>What each running turn waits for at this moment.</summary>
    public SessionActivities Activities { get; }

    /// <summary>The workspaces in use.</summary>
    public WorkspaceCatalogue Workspaces { get; }

    /// <summary>What people see of the files of workspaces.</summary>
    public WorkspaceFiles Files { get; }

    /// <summary>What git knows of the files of workspaces.</summary>
    public WorkspaceChanges Changes { get; }

    /// <summary>All tools of the engine.</summary>
    public ToolSet Tools { get; }

    /// <summary>Makes identifiers.</summary>
    public IdentifierSource Identifiers { get; }

    /// <summary>What has been measured since the start.</summary>
    public MetricsCollector Metrics => Telemetry.Metrics;

    internal EngineTelemetry Telemetry { get; }

    internal SessionJournal Journal { get; }

    /// <summary>Accepts work of any kind.</summary>
    internal WorkAdmission Work { get; }

    internal SessionRunners Runners { get; }

    /// <summary>
    /// Opens the store, closes what a dead process left open, and takes up the work that the dead process had accepted.
    /// </summary>
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
            // A simulation has neither tool outputs nor snapshots to delete, and decides itself what runs when.
            if (options.Scheduler is null)
                engine._tidying = engine._housekeeping.RunAsync(engine._stopping.Token);
            return engine;
        }
        catch
        {
            // A start that fails releases the data directory and ends the journal's thread, so that another start can succeed.
            await (engine?.DisposeAsync() ?? store.DisposeAsync());
            throw;
        }
    }

    /// <summary>Tells programs that find the engine's data directory in use at which address the engine is reached.</summary>
    public void Announce(Uri address) => Store.Announce(address);

    /// <summary>
    /// What running calls have shown live and no durable event holds, as one <c>message.part.updated</c> for each call. A reader
    /// that comes back is sent these events after the ones that it missed.
    /// </summary>
    /// <param name="directory">The workspace whose calls are read; null for all workspaces.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<PublishedEvent>> ReadGrowingAsync(string? directory, CancellationToken cancellationToken)
    {
        var now = Options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var parts = await Store.ListGrowingPartsAsync(directory, cancellationToken);
        return [.. parts.Select(part => PartUpdate.Live(Identifiers, part.Session, new ReadOnlySequence<byte>(part.Json), now))];
    }

    /// <summary>
    /// Lets no further turn begin; turns that run go on. A request that awaits a turn which waits only for a person ends without
    /// an answer, because that person may not come.
    /// </summary>
    public void BeginDrain()
    {
        Runners.Stop();
        _ = _drained.Value;
    }

    /// <summary>
    /// Lets no further turn begin, and gives the turns that run some time to end. Work that is accepted from now on waits in the
    /// inbox for the next start.
    /// </summary>
    /// <remarks>
    /// A turn that waits for people and for nothing else is not given this time: it goes on with the next start, and so does its
    /// permission request.
    /// </remarks>
    /// <param name="grace">How long the turns that run may take to end.</param>
    /// <param name="atOnce">Ends that time at once.</param>
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
            // Turns that have not ended in time are left as a crash would leave them, and the next start takes them up.
        }
    }

    /// <summary>
    /// Returns once a session waits for people and for nothing else. Callers that await its turns are then told that the turns
    /// will not end in this process.
    /// </summary>
    private async Task LeaveToPeopleAsync(string sessionID)
    {
        await Activities.UntilLeftToPeopleAsync(sessionID, _ended.Token);
        foreach (var prompt in await Store.ReadInboxAsync(sessionID, CancellationToken.None))
            _waiters.Complete(prompt.ID, new TurnResult(null));
    }

    /// <summary>Stops the engine. Turns that still run are left for the next start; accepted work stays in the store.</summary>
    public async ValueTask DisposeAsync()
    {
        Runners.Stop();
        _stopping.Cancel();
        _ended.Cancel();
        // The journal closes before turns are aborted: what a turn does from here on is not recorded, so that it does not end as
        // aborted.
        await Journal.DisposeAsync();
        await _tidying;
        await Runners.AbandonAsync();
        // No process of a tool call outlives the server, also not one whose turn was aborted a moment ago.
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
        // The client drops idle connections before most servers drop them, so that no request goes into a connection that is
        // being closed.
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
        // Sessions draw random numbers at the same time, and a generator with a seed is not safe for that.
        var drawing = new Lock();
        return () =>
        {
            lock (drawing)
                return random.NextDouble();
        };
    }
}

using System.Net;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;
using Capstan.Engine.Retention;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Tools;
using Capstan.Engine.Tools.Bash;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;
using Microsoft.Extensions.AI;

namespace Capstan.Engine;

/// <summary>How an engine is set up.</summary>
public sealed record EngineOptions
{
    /// <summary>Where configuration, data, state and caches are.</summary>
    public required ConfigPaths Paths { get; init; }

    /// <summary>The environment variables that configuration reads.</summary>
    public required ProcessEnvironment Environment { get; init; }

    /// <summary>The version that sessions carry.</summary>
    public required string Version { get; init; }

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Makes identifiers and jitter repeatable, for tests; null, which is the default, leaves them to chance.</summary>
    public int? Seed { get; init; }

    /// <summary>Limits of turns.</summary>
    public TurnOptions Turns { get; init; } = new();

    /// <summary>Limits of the histories that are kept in memory between turns.</summary>
    public ContextOptions Contexts { get; init; } = new();

    /// <summary>Limits of the journal.</summary>
    public JournalOptions Journal { get; init; } = new();

    /// <summary>Limits of event readers.</summary>
    public EventHubOptions Hub { get; init; } = new();

    /// <summary>
    /// The proxies to models and pages; by default those that the environment names (<c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>,
    /// <c>ALL_PROXY</c>, <c>NO_PROXY</c>). Addresses of this machine are never reached through a proxy.
    /// </summary>
    public IWebProxy Proxy
    {
        get => field ?? HttpClient.DefaultProxy;
        init;
    }

    /// <summary>How long files of the data directory are kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>Tools beside the built-in ones.</summary>
    public IReadOnlyList<ITool> Tools { get; init; } = [];

    /// <summary>
    /// Makes the client for a model, for programs that bring models of their own. It is given the workspace's directory and the
    /// model. Where it is null, or returns null, a built-in protocol serves the model.
    /// </summary>
    public Func<string, ModelInfo, IChatClient?>? CreateChatClient { get; init; }

    /// <summary>Executors of further kinds of work.</summary>
    internal IReadOnlyList<IWorkExecutor> WorkExecutors { get; init; } = [];

    /// <summary>Opens the store; default SQLite in the data directory.</summary>
    public Func<IStore> OpenStore
    {
        get => field ?? (() => SqliteStore.Open(Paths.Data));
        init;
    }

    /// <summary>
    /// Where turns run and the journal writes; null runs turns on the thread pool and the journal on a thread of its own. With
    /// it, a simulation decides what happens when.
    /// </summary>
    internal TaskScheduler? Scheduler { get; init; }

    /// <summary>
    /// Ends the processes that carry one of the given marks, and tells how many there were; default
    /// <see cref="OrphanedCommands"/>. A simulation has no processes to end.
    /// </summary>
    internal Func<IReadOnlySet<string>, CancellationToken, Task<int>>? EndOrphans { get; init; }

    /// <summary>
    /// Makes the instruments, for a simulation whose engines die without being disposed: instruments that nobody disposes stay in
    /// the process, and each further engine looks through all of them.
    /// </summary>
    internal Func<EngineTelemetry>? Telemetry { get; init; }

    /// <summary>Loads the workspace of a directory in place of <see cref="WorkspaceLoader"/>.</summary>
    internal Func<string, Task<Workspace>>? LoadWorkspace { get; init; }
}

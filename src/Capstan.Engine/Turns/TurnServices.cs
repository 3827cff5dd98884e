using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Journal;
using Capstan.Engine.Models;
using Capstan.Engine.Permissions;
using Capstan.Engine.Status;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Turns;

/// <summary>The parts of the engine that every turn works with.</summary>
internal sealed record TurnServices(
    IStore Store,
    SessionJournal Journal,
    WorkspaceCatalogue Workspaces,
    ConfigPaths Paths,
    ChatClients ChatClients,
    ToolSet Tools,
    PermissionDesk Permissions,
    TurnWaiters Waiters,
    TitleWriter Titles,
    IdentifierSource Identifiers,
    TimeProvider Time,
    TurnOptions Options,
    ILogger Logger)
{
    /// <summary>Logs and measures what turns do.</summary>
    public required EngineObserver Observer { get; init; }

    /// <summary>The snapshots of files before and after steps.</summary>
    public required SnapshotCatalogue Snapshots { get; init; }

    /// <summary>Gives the marks by which the processes of tool calls are found.</summary>
    public required ProcessMarks Marks { get; init; }

    /// <summary>The histories of sessions that are kept between turns.</summary>
    public required ModelContexts Contexts { get; init; }

    /// <summary>What each running turn waits for at this moment.</summary>
    public required SessionActivities Activities { get; init; }

    /// <summary>The tool calls that have not returned.</summary>
    public RunningCalls Calls { get; } = new();

    /// <summary>The sessions that lost a write which their turn did not await.</summary>
    public LostWrites Lost { get; } = new();

    /// <summary>Random numbers from 0 to 1 that spread retries; by default always 0.</summary>
    public Func<double> Jitter { get; init; } = static () => 0;
}

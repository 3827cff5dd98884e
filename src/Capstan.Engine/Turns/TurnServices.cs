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

/// <summary>What every turn works with.</summary>
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
    /// <summary>Sees what they do.</summary>
    public required EngineObserver Observer { get; init; }

    /// <summary>What files looked like before and after steps.</summary>
    public required SnapshotCatalogue Snapshots { get; init; }

    /// <summary>Names the processes of calls.</summary>
    public required ProcessMarks Marks { get; init; }

    /// <summary>What models have been shown of sessions.</summary>
    public required ModelContexts Contexts { get; init; }

    /// <summary>What turns wait for.</summary>
    public required SessionActivities Activities { get; init; }

    /// <summary>The calls that have not returned.</summary>
    public RunningCalls Calls { get; } = new();

    /// <summary>The sessions of which a write that nobody waited for was lost.</summary>
    public LostWrites Lost { get; } = new();

    /// <summary>Chance for the spread of retries, 0 to 1.</summary>
    public Func<double> Jitter { get; init; } = static () => 0;

    /// <summary>Writes something of a turn without waiting for it; if it is lost, the turn learns of it at its next look.</summary>
    public ValueTask PostAsync(string sessionID, Action<JournalTransaction> write) =>
        Journal.PostAsync(write, exception => Lost.Add(sessionID, exception));
}

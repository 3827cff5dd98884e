using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Permissions;
using Capstan.Engine.Status;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Tools;

namespace Capstan.Engine.Turns;

/// <summary>What tool calls are run with.</summary>
/// <param name="Tools">All tools of the engine.</param>
/// <param name="Permissions">Where calls ask for permissions.</param>
/// <param name="Activities">Is told of each call that runs.</param>
/// <param name="Calls">Counts the calls that have not returned.</param>
/// <param name="Marks">Gives the marks by which the processes of calls are found.</param>
/// <param name="Paths">The directory of long outputs.</param>
/// <param name="Identifiers">Makes the identifiers of parts and outputs.</param>
/// <param name="Observer">Logs and measures the calls.</param>
internal sealed record ToolDesk(
    ToolSet Tools,
    PermissionDesk Permissions,
    SessionActivities Activities,
    RunningCalls Calls,
    ProcessMarks Marks,
    ConfigPaths Paths,
    IdentifierSource Identifiers,
    EngineObserver Observer);

using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Tools;

/// <summary>What a tool call may know and do beyond its arguments.</summary>
public abstract class ToolContext
{
    /// <summary>The session.</summary>
    public required string SessionID { get; init; }

    /// <summary>The assistant message that holds the call.</summary>
    public required string MessageID { get; init; }

    /// <summary>The call's identifier.</summary>
    public required string CallID { get; init; }

    /// <summary>
    /// What names this call among all calls of all servers. A tool that starts processes marks them with it, so that they are found
    /// although their server died.
    /// </summary>
    public required string ProcessMark { get; init; }

    /// <summary>The name of the agent whose turn it is.</summary>
    public required string Agent { get; init; }

    /// <summary>The session's directory, absolute; relative paths start here.</summary>
    public required string Directory { get; init; }

    /// <summary>The project's top directory, absolute; <c>/</c> where there is no project.</summary>
    public required string Worktree { get; init; }

    /// <summary>The shell that the configuration names, or null for the user's own.</summary>
    public string? Shell { get; init; }

    /// <summary>The environment of processes that a call starts; null gives them what belongs to no workspace.</summary>
    public CommandEnvironment? Commands { get; init; }

    /// <summary>Limits on what a call may return.</summary>
    public required ToolLimits Limits { get; init; }

    /// <summary>
    /// Returns once the call may go on.
    /// </summary>
    /// <param name="ask">What is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Permissions.PermissionRefusedException">A rule or a person refused it; let it pass through.</exception>
    public abstract Task AskAsync(Permissions.PermissionAsk ask, CancellationToken cancellationToken);

    /// <summary>
    /// A tool that changes something calls this after it was allowed and right before the change. When it returns, the store knows
    /// that the change may have happened, whatever happens next.
    /// </summary>
    public abstract Task BeginEffectAsync(CancellationToken cancellationToken);

    /// <summary>Shows clients how far the call is: a new title or metadata of the running part.</summary>
    public abstract ValueTask ReportAsync(string? title, JsonObject metadata, CancellationToken cancellationToken);

    /// <summary>Shows clients what a running call has printed so far, as <c>metadata.output</c> of the running part.</summary>
    /// <param name="shown">The end of it, as long as clients are to see it.</param>
    /// <param name="added">What of it is new since the last time; null where more is new than is shown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract ValueTask ShowOutputAsync(string shown, string? added, CancellationToken cancellationToken);

    /// <summary>Tells clients and the rest of the server that a file was changed.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="existed">Whether the file was there before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract ValueTask FileChangedAsync(string path, bool existed, CancellationToken cancellationToken);

    /// <summary>Replaces the session's task list.</summary>
    public abstract ValueTask SetTodosAsync(IReadOnlyList<TodoItem> todos, CancellationToken cancellationToken);

    /// <summary>Creates a file for output that is too long to return, and returns its absolute path.</summary>
    public abstract string NewOutputFile();
}

using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Tools;

/// <summary>What a tool call may know and do in addition to its arguments.</summary>
public abstract class ToolContext
{
    /// <summary>The session in which the call runs.</summary>
    public required string SessionID { get; init; }

    /// <summary>The assistant message that holds the call.</summary>
    public required string MessageID { get; init; }

    /// <summary>The call's identifier.</summary>
    public required string CallID { get; init; }

    /// <summary>
    /// A text that identifies this call among all calls of all servers. A tool marks the processes that it starts with this text,
    /// so that they are found even after their server has died.
    /// </summary>
    public required string ProcessMark { get; init; }

    /// <summary>The name of the agent whose turn it is.</summary>
    public required string Agent { get; init; }

    /// <summary>The session's directory, absolute; relative paths start here.</summary>
    public required string Directory { get; init; }

    /// <summary>The top directory of the checkout, absolute; <c>/</c> where there is no repository.</summary>
    public required string Worktree { get; init; }

    /// <summary>The shell that the configuration names, or null for the user's own.</summary>
    public string? Shell { get; init; }

    /// <summary>
    /// The environment of processes that a call starts; null gives them the environment of commands that belong to no workspace.
    /// </summary>
    public CommandEnvironment? Commands { get; init; }

    /// <summary>Limits on what a call may return.</summary>
    public required ToolLimits Limits { get; init; }

    /// <summary>Asks for a permission, and returns once the call may go on.</summary>
    /// <param name="ask">What the call wants to do.</param>
    /// <param name="cancellationToken">Ends this call without an answer.</param>
    /// <exception cref="Permissions.PermissionRefusedException">
    /// A rule or a person refused the permission. Tools must not catch this.
    /// </exception>
    public abstract Task AskAsync(Permissions.PermissionAsk ask, CancellationToken cancellationToken);

    /// <summary>
    /// A tool that changes something calls this after it was allowed and right before the change. When this returns, the store
    /// has noted that the change may have happened, even if the process dies next.
    /// </summary>
    public abstract Task BeginEffectAsync(CancellationToken cancellationToken);

    /// <summary>Shows clients how far the call has come: a new title or new metadata of the running part.</summary>
    public abstract ValueTask ReportAsync(string? title, JsonObject metadata, CancellationToken cancellationToken);

    /// <summary>Shows clients what a running call has printed so far, as <c>metadata.output</c> of the running part.</summary>
    /// <param name="shown">The end of the output, at the length that clients are to see.</param>
    /// <param name="added">The output since the last call; null where that is longer than <paramref name="shown"/>.</param>
    /// <param name="cancellationToken">Stops this call.</param>
    public abstract ValueTask ShowOutputAsync(string shown, string? added, CancellationToken cancellationToken);

    /// <summary>Tells clients and other parts of the server that a file was changed.</summary>
    /// <param name="path">The file's absolute path.</param>
    /// <param name="existed">Whether the file existed before the change.</param>
    /// <param name="cancellationToken">Stops this call.</param>
    public abstract ValueTask FileChangedAsync(string path, bool existed, CancellationToken cancellationToken);

    /// <summary>Tells clients and other parts of the server that a file was removed.</summary>
    /// <param name="path">The file's absolute path.</param>
    /// <param name="cancellationToken">Stops this call.</param>
    public abstract ValueTask FileRemovedAsync(string path, CancellationToken cancellationToken);

    /// <summary>Replaces the session's task list.</summary>
    public abstract ValueTask SetTodosAsync(IReadOnlyList<TodoItem> todos, CancellationToken cancellationToken);

    /// <summary>Creates a file for output that is too long to return, and returns its absolute path.</summary>
    public abstract string NewOutputFile();
}

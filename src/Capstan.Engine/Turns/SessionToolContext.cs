using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Turns;

/// <summary>What a tool call may know of its session and do in it.</summary>
internal sealed class SessionToolContext(
    ToolDesk desk, LeasedJournal journal, Workspace workspace, StepPlan.Run plan, ToolCall call, CancellationToken abort) : ToolContext
{
    public override async Task AskAsync(PermissionAsk ask, CancellationToken cancellationToken)
    {
        // The turn's token counts besides the token that the tool gives: once the turn is over, nobody is asked for the call any
        // more, and no answer lets the call go on.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abort);
        await desk.Permissions.AskAsync(
            ask,
            journal,
            new PermissionScope(SessionID, workspace.Directory, plan.Agent, workspace.PolicyOf(plan.Agent), new PermissionTool(MessageID, CallID))
            {
                IsResumed = call.IsResumed,
                Ceilings = workspace.Agents.CeilingsOf(plan.Agent),
            },
            either.Token);
    }

    public override Task BeginEffectAsync(CancellationToken cancellationToken) =>
        call.BeginEffectAsync(cancellationToken);

    public override ValueTask ReportAsync(string? title, JsonObject metadata, CancellationToken cancellationToken) =>
        // A copy, because the tool goes on changing its own metadata object.
        call.ReportAsync(title, metadata.DeepClone().AsObject());

    public override ValueTask ShowOutputAsync(string shown, string? added, CancellationToken cancellationToken) =>
        call.ShowOutputAsync(shown, added);

    public override ValueTask FileChangedAsync(string path, bool existed, CancellationToken cancellationToken) =>
        journal.PostAsync(transaction =>
        {
            transaction.Publish(SessionID, EventType.FileEdited, WireJson.Wire.FileEditedEvent, new FileEditedEvent(path));
            transaction.Publish(
                SessionID,
                EventType.FileWatcherUpdated,
                WireJson.Wire.FileWatcherEvent,
                new FileWatcherEvent(path, existed ? "change" : "add"));
        });

    public override ValueTask FileRemovedAsync(string path, CancellationToken cancellationToken) =>
        journal.PostAsync(transaction => transaction.Publish(
            SessionID, EventType.FileWatcherUpdated, WireJson.Wire.FileWatcherEvent, new FileWatcherEvent(path, "unlink")));

    public override ValueTask SetTodosAsync(IReadOnlyList<TodoItem> todos, CancellationToken cancellationToken) =>
        journal.PostAsync(transaction => transaction.SetTodos(SessionID, todos));

    public override string NewOutputFile()
    {
        var directory = desk.Paths.ToolOutput;
        System.IO.Directory.CreateDirectory(directory);
        return Path.Combine(directory, desk.Identifiers.New(IdentifierPrefix.Tool));
    }
}

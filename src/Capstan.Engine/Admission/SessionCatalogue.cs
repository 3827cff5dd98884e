using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Admission;

/// <summary>Makes, changes and deletes sessions, each in one transaction; the answer follows the commit (R1).</summary>
public sealed class SessionCatalogue
{
    private readonly IStore _store;
    private readonly SessionJournal _journal;
    private readonly WorkspaceCatalogue _workspaces;
    private readonly SessionRunners _runners;
    private readonly TurnControl _turns;
    private readonly TurnWaiters _waiters;
    private readonly ModelContexts _contexts;
    private readonly IdentifierSource _identifiers;
    private readonly TimeProvider _time;
    private readonly string _version;

    internal SessionCatalogue(
        IStore store,
        SessionJournal journal,
        WorkspaceCatalogue workspaces,
        SessionRunners runners,
        TurnControl turns,
        TurnWaiters waiters,
        ModelContexts contexts,
        IdentifierSource identifiers,
        TimeProvider time,
        string version)
    {
        _store = store;
        _journal = journal;
        _workspaces = workspaces;
        _runners = runners;
        _turns = turns;
        _waiters = waiters;
        _contexts = contexts;
        _identifiers = identifiers;
        _time = time;
        _version = version;
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Creates a session in a workspace.</summary>
    /// <returns>The session, or why there is none.</returns>
    public async Task<(SessionInfo? Session, Refusal? Refusal)> CreateAsync(
        Workspace workspace, CreateSessionRequest request, CancellationToken cancellationToken)
    {
        workspace = await _workspaces.GetCurrentAsync(workspace.Directory, cancellationToken);
        if (request.ParentID is { } parentID && await _store.FindSessionAsync(parentID, cancellationToken) is null)
            return (null, Refusal.NoSession(parentID));
        if (request.Agent is { } agent && workspace.Agents.Find(agent) is null)
            return (null, PromptChecks.UnknownAgent(workspace, agent, "agent"));
        if (request.Model is { } model && workspace.Models.Find(new ModelRef(model.ProviderID, model.ID)) is null)
            return (null, PromptChecks.UnknownModel(workspace, new ModelRef(model.ProviderID, model.ID), "model"));

        if (request.PermissionPolicy?.Problem is { } problem)
            return (null, Refusal.Invalid($"{problem}\n  at [\"permissionPolicy\"]"));

        var now = _time.GetUtcNow();
        var id = NewSession(request.ParentID);
        var session = new SessionInfo
        {
            ID = id,
            Slug = SessionNames.Slug(id),
            Version = _version,
            ProjectID = workspace.Project.ID,
            Directory = workspace.Directory,
            Path = workspace.RelativePath,
            ParentID = request.ParentID,
            Title = request.Title ?? SessionNames.DefaultTitle(request.ParentID is not null, now),
            Agent = request.Agent,
            Model = request.Model,
            Metadata = request.Metadata,
            Permission = request.Permission,
            PermissionPolicy = request.PermissionPolicy,
            Time = new SessionTime(now.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()),
        };
        // Two writes, because a project belongs to no session. Where they share a lane, they share a commit.
        var project = _journal.CommitAsync(
            null, transaction => transaction.Rows.PutProject(workspace.Project.ToInfo(now)), cancellationToken);
        var isCreated = await _journal.CommitAsync(
            id,
            transaction =>
            {
                // The parent is looked for again in the transaction, where no deletion can come between: a child of a parent that
                // is gone would never be deleted.
                if (request.ParentID is { } parent && transaction.FindSession(parent) is null)
                    return false;
                transaction.CreateSession(session);
                return true;
            },
            cancellationToken);
        await project;
        return isCreated ? (session, null) : (null, Refusal.NoSession(request.ParentID!));
    }

    /// <summary>Changes what a client may change of a session.</summary>
    /// <returns>The session as it is now, or null where there is none.</returns>
    public Task<SessionInfo?> UpdateAsync(string sessionID, UpdateSessionRequest request, CancellationToken cancellationToken) =>
        _journal.CommitAsync(
            sessionID,
            transaction =>
            {
                // One event for each thing that changed, as on OpenCode's wire.
                if (request.Title is { } title)
                    transaction.UpdateSession(sessionID, session => Touch(session) with { Title = title });
                if (request.Metadata is { } metadata)
                    transaction.UpdateSession(sessionID, session => Touch(session) with { Metadata = metadata });
                if (request.Permission is { } rules)
                {
                    transaction.UpdateSession(
                        sessionID, session => Touch(session) with { Permission = [.. session.Permission ?? [], .. rules] });
                }

                if (request.PermissionPolicy is { } policy)
                    transaction.UpdateSession(sessionID, session => Touch(session) with { PermissionPolicy = policy });
                if (request.Time?.Archived is { } archived)
                {
                    transaction.UpdateSession(
                        sessionID, session => session with { Time = session.Time with { Archived = archived, Updated = Now } });
                }

                return transaction.FindSession(sessionID)?.Info;
            },
            cancellationToken);

    /// <summary>Deletes a session and its children; turns that run are aborted first.</summary>
    /// <returns>False where there is no such session.</returns>
    public async Task<bool> DeleteAsync(string sessionID, CancellationToken cancellationToken)
    {
        try
        {
            await _turns.AbortAsync(sessionID, cancellationToken);
        }
        catch (TurnNotEndedException)
        {
            // A session whose turn cannot end can still be deleted: once the session is gone, the turn ends.
        }

        var (deleted, prompts) = await _journal.CommitAsync(
            sessionID,
            transaction =>
            {
                var waiting = new List<string>();
                FindPrompts(transaction, sessionID, waiting);
                return (transaction.DeleteSession(sessionID), waiting);
            },
            cancellationToken);
        // Prompts that were admitted between the abort and the commit were deleted with their session. Their turns are stopped,
        // and callers that await these turns learn that there will be no answer.
        foreach (var turn in deleted.Select(_runners.DismissAsync).ToList())
            await turn;
        foreach (var gone in deleted)
            _contexts.Forget(gone);
        foreach (var messageID in prompts)
            _waiters.Complete(messageID, new TurnResult(null));
        return deleted.Count > 0;
    }

    private static void FindPrompts(JournalTransaction transaction, string sessionID, List<string> found)
    {
        found.AddRange(transaction.Rows.FindInbox(sessionID).Select(static row => row.ID));
        foreach (var child in transaction.Rows.FindChildren(sessionID))
            FindPrompts(transaction, child, found);
    }

    /// <summary>
    /// Makes the identifier of a session. That of a child is one whose writes go the same way as its parent's, so that one write
    /// can see and delete a session together with its children.
    /// </summary>
    private string NewSession(string? parentID)
    {
        var id = _identifiers.NewSession();
        while (parentID is not null && !_journal.IsSameLane(id, parentID))
            id = _identifiers.NewSession();
        return id;
    }

    private SessionInfo Touch(SessionInfo session) => session with { Time = session.Time with { Updated = Now } };
}

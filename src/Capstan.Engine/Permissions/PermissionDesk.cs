using System.Collections.Concurrent;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Status;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Permissions;

/// <summary>The desk where tool calls ask for permissions and people answer.</summary>
/// <remarks>
/// <code>
///   rules say allow ──► the call goes on
///   rules say deny  ──► refused
///   rules say ask   ──► policy allow or deny: as if a rule said so
///                   └─► policy ask: stored and announced ──► answered: once, always or reject ──► the call goes on or is refused
///                                                        ├─► the deadline passes: the policy's answer
///                                                        └─► the turn ends first: settled as rejected, with its event
/// </code>
/// Invariants: a request is settled in one transaction with its event, by whoever comes first. The answer stays in the store
/// until the turn ends, so that a call which is resumed after a crash finds its own request, answered or not, and no person is
/// asked twice.
/// </remarks>
public sealed class PermissionDesk
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly IStore _store;
    private readonly SessionJournal _journal;
    private readonly IdentifierSource _identifiers;
    private readonly SessionActivities _activities;
    private readonly TimeProvider _time;
    private readonly EngineObserver _observer;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<PermissionAnswer>> _waiting = new();

    internal PermissionDesk(
        IStore store,
        SessionJournal journal,
        IdentifierSource identifiers,
        SessionActivities activities,
        TimeProvider time,
        EngineObserver observer)
    {
        _store = store;
        _journal = journal;
        _identifiers = identifiers;
        _activities = activities;
        _time = time;
        _observer = observer;
    }

    /// <summary>How many calls have asked and got no answer yet.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Returns once a call may go on.</summary>
    /// <param name="ask">What the call asks for.</param>
    /// <param name="journal">What the request is stored with: the call's turn writes it.</param>
    /// <param name="scope">In which session and workspace the call asks.</param>
    /// <param name="cancellationToken">Gives up; a request that is stored stays.</param>
    /// <exception cref="PermissionRefusedException">A rule, a policy or a person refused the call.</exception>
    internal async Task AskAsync(PermissionAsk ask, LeasedJournal journal, PermissionScope scope, CancellationToken cancellationToken)
    {
        // The rules of a session that was deleted are gone with it, and without them no call may run.
        var session = await journal.ReadAsync(token => _store.FindSessionAsync(scope.SessionID, token), cancellationToken)
            ?? throw new PermissionRefusedException("The session was deleted; the call was not run.", endsTurn: true);
        var sessionRules = session.Info.Permission ?? [];
        // Approvals are read from the store each time, so that an approval that was revoked allows nothing from that moment on.
        var approvals = Rules(await journal.ReadAsync(token => _store.ListApprovalsAsync(scope.Directory, token), cancellationToken));
        var decision = PermissionRuleset.Decide(ask, scope.Ceilings, scope.Agent.Permission, sessionRules, approvals);
        if (decision == PermissionAction.Deny)
            throw Denied(ask, PermissionRuleset.About(ask.Permission, [scope.Agent.Permission, .. scope.Ceilings, sessionRules]));
        if (decision == PermissionAction.Allow)
        {
            await TakeUpAsync(ask, journal, scope, cancellationToken);
            return;
        }

        var lineage = await journal.ReadAsync(token => LineageAsync(session, token), cancellationToken);
        var policy = lineage.Select(static row => row.PermissionPolicy).FirstOrDefault(static policy => policy is not null) ?? scope.Policy;
        if (policy.Mode == PermissionAction.Deny)
            throw Unattended(ask);
        if (policy.Mode == PermissionAction.Ask)
            await WaitAsync(ask, journal, scope, policy, lineage, cancellationToken);
        else
            await TakeUpAsync(ask, journal, scope, cancellationToken);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="requestID">The request.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="sessionID">
    /// The session in whose name the request is answered: the session that asks, or one above it; null where the answer is given
    /// in no session's name.
    /// </param>
    /// <param name="cancellationToken">Gives up before the answer is accepted.</param>
    /// <returns>
    /// False where there is no such request, where it was answered before, or where it is not of that session or of one below it.
    /// </returns>
    public async Task<bool> ReplyAsync(string requestID, PermissionAnswer answer, string? sessionID, CancellationToken cancellationToken)
    {
        var rows = await _store.ListPermissionsAsync(cancellationToken);
        if (rows.FirstOrDefault(row => row.ID == requestID) is not { } row)
            return false;
        if (sessionID is not null)
        {
            // This may be checked outside the transaction, because a session's parent never changes.
            var lineage = await LineageAsync(await _store.FindSessionAsync(row.SessionID, cancellationToken), cancellationToken);
            if (!lineage.Exists(session => session.ID == sessionID))
                return false;
        }

        var request = row.Read();
        IReadOnlyList<ApprovalRow> granted = answer.Reply == PermissionReply.Always
            ? [.. request.Always.Select(pattern => Approval(row.Directory, new(request.Permission, pattern, PermissionAction.Allow)))]
            : [];
        List<string> settled;
        try
        {
            settled = await _journal.CommitAsync(
                row.SessionID, transaction => Settle(transaction, row.Directory, request, answer, granted), cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            _ = FindAnswersAsync(row.SessionID);
            throw;
        }

        if (settled.Count == 0)
            return false;
        foreach (var id in settled)
        {
            // The feedback goes only to the call that it was given for; other calls that this answer settles get the answer
            // without it.
            if (_waiting.TryRemove(id, out var waiter))
                waiter.TrySetResult(id == requestID ? answer : answer with { Feedback = null });
        }

        return true;
    }

    /// <summary>
    /// Gives the calls of a session the answers that are stored, once the store can be asked: an answer may be stored although
    /// whoever gave it was told that this is not known.
    /// </summary>
    private async Task FindAnswersAsync(string sessionID)
    {
        while (true)
        {
            try
            {
                var answered = await _journal.CommitAsync(
                    sessionID, transaction => transaction.Rows.FindPermissions(sessionID).Where(static row => row.Answer is not null).ToList());
                foreach (var row in answered)
                {
                    if (_waiting.TryRemove(row.ID, out var waiter))
                        waiter.TrySetResult(row.Answer!);
                }

                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(BetweenLooks, _time);
            }
            catch (Exception)
            {
                // The server stops, or another server has the store: the calls end with it.
                return;
            }
        }
    }

    /// <summary>Revokes a standing approval: the next call that it covered is asked about again.</summary>
    /// <returns>False where there is no such approval.</returns>
    public Task<bool> RevokeAsync(string approvalID, CancellationToken cancellationToken) =>
        _journal.CommitAsync(
            null,
            transaction =>
            {
                if (!transaction.Rows.HasApproval(approvalID))
                    return false;
                transaction.Rows.RemoveApproval(approvalID);
                return true;
            },
            cancellationToken);

    private async Task WaitAsync(
        PermissionAsk ask,
        LeasedJournal journal,
        PermissionScope scope,
        PermissionPolicy policy,
        List<SessionInfo> lineage,
        CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var request = new PermissionRequest
        {
            ID = _identifiers.NewPermission(),
            SessionID = scope.SessionID,
            Permission = ask.Permission,
            Patterns = ask.Patterns,
            Metadata = ask.Metadata,
            Always = ask.Always,
            // An approval for everything is none for what a rule has to name.
            Whole = ask.NotUnderstood is not null || ask.Subjects.Any(static subject => subject.Unnamed is not null) ? true : null,
            RootSessionID = lineage.Count > 1 ? lineage[^1].ID : null,
            Deadline = policy.Deadline is { } wait ? now + wait : null,
            Tool = scope.Tool,
        };
        var waiter = new TaskCompletionSource<PermissionAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        // The call is registered before the request can be seen: an answer must not come before there is a call to give it to.
        _waiting[request.ID] = waiter;
        var mine = request.ID;
        try
        {
            var known = await journal.CommitAsync(transaction => AskOrFind(transaction, ask, scope, request, waiter), cancellationToken);
            mine = known.ID;
            using var waiting = known.Answer is null ? _activities.WaitForPermission(known.Read()) : null;
            var answer = known.Answer ?? await WatchAsync(journal, known.Read(), waiter, policy, cancellationToken);
            if (answer.Reply == PermissionReply.Reject)
                throw Rejected(answer.Feedback);
        }
        finally
        {
            _waiting.TryRemove(request.ID, out _);
            _waiting.TryRemove(mine, out _);
        }
    }

    /// <summary>
    /// Settles the open request of a resumed call that needs no answer any more: a call of the same kind was granted for good
    /// meanwhile, for example. Where the request was answered first, that answer counts.
    /// </summary>
    private static async Task TakeUpAsync(PermissionAsk ask, LeasedJournal journal, PermissionScope scope, CancellationToken cancellationToken)
    {
        if (!scope.IsResumed)
            return;
        var once = new PermissionAnswer(PermissionReply.Once);
        var answer = await journal.CommitAsync(
            transaction =>
            {
                if (Find(transaction, scope, ask) is not { } row)
                    return once;
                if (row.Answer is { } given)
                    return given;
                transaction.SettlePermission(scope.SessionID, row.ID, once);
                return once;
            },
            cancellationToken);
        if (answer.Reply == PermissionReply.Reject)
            throw Rejected(answer.Feedback);
    }

    private static PermissionRow? Find(JournalTransaction transaction, PermissionScope scope, PermissionAsk ask) =>
        transaction.Rows.FindPermissions(scope.SessionID).FirstOrDefault(row =>
            row.Read() is var known && known.Tool is not null && known.Tool == scope.Tool && known.Permission == ask.Permission
            && known.Patterns.SequenceEqual(ask.Patterns));

    /// <summary>Stores a request, or finds the stored request of a call that is resumed after a crash.</summary>
    private PermissionRow AskOrFind(
        JournalTransaction transaction,
        PermissionAsk ask,
        PermissionScope scope,
        PermissionRequest request,
        TaskCompletionSource<PermissionAnswer> waiter)
    {
        if (Find(transaction, scope, ask) is { } row)
        {
            // The call is registered within the transaction: an answer is either in the row already, or comes after this
            // transaction.
            _waiting[row.ID] = waiter;
            return row;
        }

        return transaction.AskPermission(request, scope.Directory);
    }

    private async Task<PermissionAnswer> WatchAsync(
        LeasedJournal journal,
        PermissionRequest request, TaskCompletionSource<PermissionAnswer> waiter, PermissionPolicy policy, CancellationToken cancellationToken)
    {
        using var observed = new PermissionObservation(_observer, request);
        var answer = await AnswerAsync(journal, waiter, request, policy, cancellationToken);
        observed.Answer = $"{answer.Reply}".ToLowerInvariant();
        return answer;
    }

    private async Task<PermissionAnswer> AnswerAsync(
        LeasedJournal journal,
        TaskCompletionSource<PermissionAnswer> waiter, PermissionRequest request, PermissionPolicy policy, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
        var answer = waiter.Task;
        if (request.Deadline is not { } deadline)
            return await answer;
        var patience = DateTimeOffset.FromUnixTimeMilliseconds(deadline) - _time.GetUtcNow();
        try
        {
            return await answer.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var late = policy.Answer == PermissionAction.Allow
                ? new PermissionAnswer(PermissionReply.Once)
                : new PermissionAnswer(PermissionReply.Reject, "Nobody answered in time. Go on without it, or say what is needed.");
            // A person may answer at this very moment; the answer that comes first in the journal counts.
            var isOurs = await journal.CommitAsync(
                transaction => transaction.SettlePermission(request.SessionID, request.ID, late), cancellationToken);
            return isOurs ? late : await answer;
        }
    }

    private static List<string> Settle(
        JournalTransaction transaction,
        string directory,
        PermissionRequest request,
        PermissionAnswer answer,
        IReadOnlyList<ApprovalRow> granted)
    {
        if (!transaction.SettlePermission(request.SessionID, request.ID, answer))
            return [];
        var settled = new List<string> { request.ID };
        foreach (var approval in granted)
            transaction.Rows.AddApproval(approval);
        if (answer.Reply == PermissionReply.Once)
            return settled;
        var approvals = Rules(transaction.Rows.FindApprovals(directory));
        foreach (var other in transaction.Rows.FindPermissions(request.SessionID))
        {
            // A rejection holds for everything that the session asks for at the moment; an approval holds for the requests that
            // it covers.
            var isReached = answer.Reply == PermissionReply.Reject || IsCovered(other.Read(), approvals);
            if (isReached && transaction.SettlePermission(request.SessionID, other.ID, answer with { Feedback = null }))
                settled.Add(other.ID);
        }

        return settled;
    }

    // A line that was asked for as a whole is covered only by an approval of its own text, never by a pattern that happens to
    // match it.
    private static bool IsCovered(PermissionRequest request, IReadOnlyList<PermissionRule> approvals) => request.Patterns.All(
        pattern => PermissionRuleset.Evaluate(request.Permission, pattern, approvals) is { Action: PermissionAction.Allow } rule
            && (request.Whole != true || rule.Pattern == pattern));

    /// <summary>The session, its parent, and so on to the top.</summary>
    private async ValueTask<List<SessionInfo>> LineageAsync(SessionRow? session, CancellationToken cancellationToken)
    {
        var lineage = new List<SessionInfo>();
        while (session is not null)
        {
            lineage.Add(session.Info);
            session = session.Info.ParentID is { } parentID ? await _store.FindSessionAsync(parentID, cancellationToken) : null;
        }

        return lineage;
    }

    private ApprovalRow Approval(string directory, PermissionRule rule) =>
        new(_identifiers.NewApproval(), directory, rule, _time.GetUtcNow().ToUnixTimeMilliseconds());

    private static PermissionRule[] Rules(IReadOnlyList<ApprovalRow> approvals) => [.. approvals.Select(static row => row.Rule)];

    private static PermissionRefusedException Denied(PermissionAsk ask, IReadOnlyList<PermissionRule> rules) => new(
        (ask.Refusal ?? "A rule in the configuration denies this call, so it was not run.") + " " + Reason(ask) + "The rules for it, of which the last that matches counts: "
        + JsonSerializer.Serialize(rules, WireJson.Wire.IReadOnlyListPermissionRule));

    private static PermissionRefusedException Unattended(PermissionAsk ask) => new(
        $"This call needs a person's permission ({ask.Permission}: {string.Join(", ", ask.Patterns)}), and this server runs without one. "
        + "It was not run. " + Reason(ask) + "Go on without it, or say what is needed.");

    private static string Reason(PermissionAsk ask) => ask.NotUnderstood is { } construct
        ? $"The line was judged as a whole because it has {construct}; rules for single commands can allow a line without it. "
        : "";

    private static PermissionRefusedException Rejected(string? feedback) => string.IsNullOrWhiteSpace(feedback)
        ? new("The user rejected permission to use this specific tool call.", endsTurn: true)
        : new($"The user rejected permission to use this specific tool call with the following feedback: {feedback}");
}

using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>
/// A store in memory, as one process has it open. It can fail or die in any call; once dead, every later call throws and nothing that
/// was not committed is left.
/// </summary>
public sealed class CrashableStore : IStore
{
    private readonly StoreDisk _disk;
    private readonly Action? _died;
    private bool _isDead;

    internal CrashableStore(StoreDisk disk, long epoch, Action? died)
    {
        _disk = disk;
        _died = died;
        Epoch = epoch;
        NewestCursor = disk.Committed.Newest;
        Lanes = [.. Enumerable.Range(0, disk.Committed.Lanes.Length).Select(number => new CrashableLane(this, number))];
    }

    /// <inheritdoc/>
    public long Epoch { get; }

    /// <inheritdoc/>
    public IReadOnlyList<IStoreLane> Lanes { get; }

    /// <inheritdoc/>
    public EventCursor NewestCursor { get; }

    internal StoreDisk Disk => _disk;

    /// <summary>The process is gone: every later call throws.</summary>
    public void Die()
    {
        if (_isDead)
            return;
        _isDead = true;
        _died?.Invoke();
    }

    /// <inheritdoc/>
    public void Announce(Uri address)
    {
        // No other process looks for this one.
    }

    /// <inheritdoc/>
    public ValueTask<SessionRow?> FindSessionAsync(string sessionID, CancellationToken cancellationToken) =>
        Read(state => state.Sessions.GetValueOrDefault(sessionID));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<SessionRow>>(state =>
        [
            .. state.Sessions.Values
                .Where(row => Matches(row.Info, query))
                .OrderByDescending(static row => row.Info.Time.Updated)
                .ThenBy(static row => row.Info.ID, StringComparer.Ordinal)
                .Take(query.Limit),
        ]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionRow>> ListActiveSessionsAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<SessionRow>>(static state =>
            [.. state.Sessions.Values.Where(static row => row.Status is not SessionStatus.Idle)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListChildrenAsync(string sessionID, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<string>>(state =>
            [.. state.Sessions.Values.Where(row => row.Info.ParentID == sessionID).Select(static row => row.Info.ID)]);

    /// <inheritdoc/>
    public ValueTask<MessagePage> ReadMessagesAsync(MessageQuery query, CancellationToken cancellationToken) => Read(state =>
    {
        var limit = query.Limit is > 0 ? query.Limit.Value : int.MaxValue - 1;
        var before = query.Before is { } id && state.Messages.TryGetValue(id, out var mark) && mark.Row.SessionID == query.SessionID
            ? mark.Row.Position
            : long.MaxValue;
        var rows = state.MessagesOf(query.SessionID).Where(row => row.Position < before).ToList();
        var hasMore = rows.Count > limit;
        return new MessagePage(hasMore ? rows[^limit..] : rows, hasMore);
    });

    /// <inheritdoc/>
    public ValueTask<MessageRow?> FindMessageAsync(string sessionID, string messageID, CancellationToken cancellationToken) =>
        Read(state => state.Messages.TryGetValue(messageID, out var message) && message.Row.SessionID == sessionID
            ? message.WithParts()
            : null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MessageRow>> ReadContextAsync(string sessionID, long after, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<MessageRow>>(state =>
            [.. state.MessagesOf(sessionID).Where(row => row.Context > after).OrderBy(static row => row.Context)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkRow>> ReadInboxAsync(string sessionID, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<WorkRow>>(state => [.. state.InboxOf(sessionID)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PermissionRow>> ListPermissionsAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<PermissionRow>>(static state => [.. state.Permissions.Values.Where(static row => row.Answer is null)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<EffectRow>> ListOpenEffectsAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<EffectRow>>(static state =>
            [.. state.Effects.Where(static pair => !pair.Value.IsEnded).Select(static pair => new EffectRow(pair.Value.SessionID, pair.Key))]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApprovalRow>> ListApprovalsAsync(string directory, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<ApprovalRow>>(state => [.. state.ApprovalsOf(directory)]);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> FindTodosAsync(string sessionID, CancellationToken cancellationToken) =>
        Read<ReadOnlyMemory<byte>?>(state => state.Todos.TryGetValue(sessionID, out var todos) ? todos : (ReadOnlyMemory<byte>?)null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ProjectInfo>> ListProjectsAsync(CancellationToken cancellationToken) =>
        Read<IReadOnlyList<ProjectInfo>>(static state => [.. state.Projects.Values]);

    /// <inheritdoc/>
    public ValueTask<EventCursor> FindOldestCursorAsync(CancellationToken cancellationToken) =>
        Read(static state => state.Oldest);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GrowingPart>> ListGrowingPartsAsync(string? directory, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<GrowingPart>>(state =>
        [
            .. state.Growing
                .Where(pair => state.Sessions.TryGetValue(pair.Value.SessionID, out var session)
                    && (directory is null || session.Info.Directory == directory))
                .Select(pair => new GrowingPart(
                    state.Sessions[pair.Value.SessionID].Info, state.Messages[pair.Value.MessageID].Parts.Find(part => part.ID == pair.Key).Json)),
        ]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PublishedEvent>> ReadEventsAsync(
        EventCursor after, EventCursor upTo, string? directory, int limit, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<PublishedEvent>>(state =>
        [
            .. state.Events
                .Where(published => published.Sequence > after[published.Lane] && published.Sequence <= upTo[published.Lane]
                    && (directory is null || published.Directory == directory) && !state.IsErased(published))
                .Take(limit),
        ]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Makes one call of the store: it happens, or it fails, or the process dies before or after it.</summary>
    internal T Call<T>(Func<T> act)
    {
        if (_isDead)
            throw new StoreCrashedException();
        switch (_disk.Count())
        {
            case StoreFault.Fail:
                throw new IOException("The disk is full.");
            case StoreFault.FailAfter:
                act();
                throw new StoreUnavailableException("The answer of the store was lost.");
            case StoreFault.CrashBefore:
                Die();
                throw new StoreCrashedException();
            case StoreFault.CrashAfter:
                act();
                Die();
                throw new StoreCrashedException();
            default:
                return act();
        }
    }

    private ValueTask<T> Read<T>(Func<StoreState, T> read) => new(Call(() => read(_disk.Committed)));

    private static bool Matches(SessionInfo info, SessionQuery query) =>
        (query.ProjectID is null || info.ProjectID == query.ProjectID)
        && (query.Directory is null || info.Directory == query.Directory)
        && (query.Path is null || info.Path == query.Path || info.Path?.StartsWith(query.Path + "/", StringComparison.Ordinal) == true)
        && (query.ParentID is null || info.ParentID == query.ParentID)
        && (!query.RootsOnly || info.ParentID is null)
        && (query.UpdatedSince is null || info.Time.Updated >= query.UpdatedSince)
        && (query.Search is null || info.Title.Contains(query.Search, StringComparison.OrdinalIgnoreCase));
}

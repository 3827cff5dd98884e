using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The store on a PostgreSQL server: a connection for each lane that writes, a pool that reads, and one that holds the ownership.
/// </summary>
public sealed class PostgresStore : IStore
{
    private readonly PostgresConnections _connections;
    private readonly PostgresAvailability _availability;
    private readonly PostgresOwnership _ownership;
    private readonly PostgresKnownSessions _known;
    private readonly PostgresLane[] _lanes;
    private readonly PostgresReader _reader;

    private PostgresStore(
        PostgresConnections connections,
        PostgresAvailability availability,
        PostgresOwnership ownership,
        PostgresKnownSessions known,
        PostgresLane[] lanes,
        PostgresReader reader)
    {
        _connections = connections;
        _availability = availability;
        _ownership = ownership;
        _known = known;
        _lanes = lanes;
        _reader = reader;
        NewestCursor = new EventCursor([.. lanes.Select(static lane => lane.Last)]);
    }

    /// <inheritdoc/>
    public long Epoch => _ownership.Epoch;

    /// <inheritdoc/>
    public IReadOnlyList<IStoreLane> Lanes => _lanes;

    /// <inheritdoc/>
    public EventCursor NewestCursor { get; }

    /// <inheritdoc/>
    public StoreUnavailableException? Outage => _availability.Outage;

    /// <summary>How many batches the lanes have sent, each a round trip.</summary>
    internal long RoundTrips => _lanes.Sum(static lane => lane.RoundTrips);

    /// <summary>How many commits the lanes found stored after their connections had been lost.</summary>
    internal long ResolvedCommits => _lanes.Sum(static lane => lane.ResolvedCommits);

    /// <summary>Opens a database and becomes its owner. Makes its tables where they are missing; the database itself has to be there.</summary>
    /// <param name="options">Where the database is, and how it is used.</param>
    /// <exception cref="StoreInUseException">Another process owns the database.</exception>
    /// <exception cref="StoreUnusableException">The database cannot be reached or used.</exception>
    /// <exception cref="InvalidOperationException">A newer Capstan wrote the database.</exception>
    public static PostgresStore Open(PostgresOptions options)
    {
        var connections = new PostgresConnections(options);
        PostgresOwnership? ownership = null;
        var lanes = new List<PostgresLane>();
        try
        {
            var availability = new PostgresAvailability(options.Address, options.Time, options.Logger);
            var known = new PostgresKnownSessions();
            ownership = PostgresOwnership.Take(connections, availability, known, options);
            for (var number = 0; number < ownership.LaneCount; number++)
            {
                lanes.Add(new PostgresLane(connections, options, availability, known, number, ownership.Epoch));
                lanes[^1].Open();
            }

            return new PostgresStore(
                connections, availability, ownership, known, [.. lanes], new PostgresReader(connections, options, availability));
        }
        catch (Exception exception)
        {
            foreach (var lane in lanes)
                lane.Dispose();
            ownership?.Dispose();
            connections.Dispose();
            if (PostgresFailure.Describe(exception, options.Address) is { } unusable)
                throw unusable;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Announce(Uri address) =>
        // The address is a courtesy to other processes; the lock refuses them even without it.
        _reader.TryRun(Statement("UPDATE owner SET address = $1 WHERE epoch = $2", Text(address.AbsoluteUri), Number(Epoch)));

    /// <inheritdoc/>
    public ValueTask<SessionRow?> FindSessionAsync(string sessionID, CancellationToken cancellationToken) =>
        _known.Find(sessionID) is { } known
            ? ValueTask.FromResult<SessionRow?>(known)
            : _reader.FirstAsync(
                () => Statement($"SELECT {StoredRows.SessionColumns} FROM session WHERE id = $1", Text(sessionID)),
                StoredRows.Session,
                cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken) =>
        await _reader.ListAsync(() => PostgresSessions.Statement(query), StoredRows.Session, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionRow>> ListActiveSessionsAsync(CancellationToken cancellationToken) => await _reader.ListAsync(
        static () => Statement($"SELECT {StoredRows.SessionColumns} FROM session WHERE status IS NOT NULL"),
        StoredRows.Session,
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListChildrenAsync(string sessionID, CancellationToken cancellationToken) =>
        await _reader.ListAsync(
            () => Statement("SELECT id FROM session WHERE parent_id = $1", Text(sessionID)), static row => row.GetString(0), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<MessagePage> ReadMessagesAsync(MessageQuery query, CancellationToken cancellationToken)
    {
        if (query is { Limit: not > 0, Before: null })
            return new MessagePage(await _reader.MessagesAsync(PostgresSelection.Whole, () => [Text(query.SessionID)], cancellationToken), false);
        var limit = query.Limit is > 0 ? query.Limit.Value : int.MaxValue;
        // One more than the page has says whether there are more; its parts are read for nothing.
        var rows = await _reader.MessagesAsync(
            PostgresSelection.Page,
            () => [Text(query.SessionID), Text(query.Before), Number(limit + 1L)],
            cancellationToken);
        var hasMore = rows.Count > limit;
        return new MessagePage(hasMore ? rows[^limit..] : rows, hasMore);
    }

    /// <inheritdoc/>
    public async ValueTask<MessageRow?> FindMessageAsync(string sessionID, string messageID, CancellationToken cancellationToken) =>
        (await _reader.MessagesAsync(
            PostgresSelection.OfSession, () => [Text(sessionID), Text(messageID)], cancellationToken)).FirstOrDefault();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MessageRow>> ReadContextAsync(string sessionID, long after, CancellationToken cancellationToken) => after <= 0
        ? await _reader.MessagesAsync(PostgresSelection.WholeContext, () => [Text(sessionID)], cancellationToken)
        : await _reader.MessagesAsync(PostgresSelection.Context, () => [Text(sessionID), Number(after)], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WorkRow>> ReadInboxAsync(string sessionID, CancellationToken cancellationToken) =>
        await _reader.ListAsync(
            () => Statement($"SELECT {StoredRows.InboxColumns} FROM inbox WHERE session_id = $1 ORDER BY position", Text(sessionID)),
            StoredRows.Work,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<EffectRow>> ListOpenEffectsAsync(CancellationToken cancellationToken) => await _reader.ListAsync(
        static () => Statement("SELECT session_id, part_id FROM effect WHERE time_finished IS NULL ORDER BY part_id"),
        static row => new EffectRow(row.GetString(0), row.GetString(1)),
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PermissionRow>> ListPermissionsAsync(CancellationToken cancellationToken) =>
        await _reader.ListAsync(
            static () => Statement($"SELECT {StoredRows.PermissionColumns} FROM permission WHERE reply IS NULL ORDER BY id"),
            StoredRows.Permission,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ApprovalRow>> ListApprovalsAsync(string directory, CancellationToken cancellationToken) =>
        await _reader.ListAsync(
            () => Statement($"SELECT {StoredRows.ApprovalColumns} FROM approval WHERE directory = $1 ORDER BY id", Text(directory)),
            StoredRows.Approval,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> FindTodosAsync(string sessionID, CancellationToken cancellationToken)
    {
        var json = await _reader.FirstAsync(
            () => Statement("SELECT data FROM todo WHERE session_id = $1", Text(sessionID)),
            static row => StoredRows.Bytes(row, 0),
            cancellationToken);
        // A null array would be converted to memory of no bytes, which is not the same as no list.
        return json is null ? (ReadOnlyMemory<byte>?)null : json;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ProjectInfo>> ListProjectsAsync(CancellationToken cancellationToken) => await _reader.ListAsync(
        static () => Statement("SELECT data FROM project ORDER BY id"),
        static row => JsonSerializer.Deserialize(StoredRows.Bytes(row, 0), WireJson.Wire.ProjectInfo)!,
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<GrowingPart>> ListGrowingPartsAsync(string? directory, CancellationToken cancellationToken) =>
        await _reader.SnapshotAsync(
            () =>
            [
                Statement(
                    $"""
                    SELECT {StoredRows.SessionColumns}, message_id, part_id, part FROM (
                        SELECT session.*, part.message_id, part.id AS part_id, part.data AS part
                        FROM (SELECT DISTINCT session_id, message_id, part_id FROM part_append) AS growing
                        JOIN session ON session.id = growing.session_id
                        JOIN part ON part.session_id = growing.session_id AND part.message_id = growing.message_id AND part.id = growing.part_id
                        WHERE $1 IS NULL OR session.directory = $1) AS found
                    ORDER BY part_id
                    """,
                    Text(directory)),
                Statement("SELECT message_id, part_id, position, data FROM part_append ORDER BY id"),
            ],
            static async (rows, cancellationToken) =>
            {
                var found = await PostgresRows.AllAsync(
                    rows,
                    static row => (StoredRows.Session(row).Info, Part: new StoredPart(row.GetString(6), row.GetString(7), StoredRows.Bytes(row, 8))),
                    cancellationToken);
                var parts = found.ConvertAll(static growing => growing.Part);
                PartAppend.Apply(parts, await PostgresRows.AllAsync(rows, StoredRows.Append, cancellationToken));
                return found.Zip(parts, static (growing, part) => new GrowingPart(growing.Info, part.Json)).ToList();
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<EventCursor> FindOldestCursorAsync(CancellationToken cancellationToken) => new(
    [
        .. await _reader.ListAsync(
            static () => Statement("SELECT first - 1 FROM lane ORDER BY id"), static row => row.GetInt64(0), cancellationToken),
    ]);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PublishedEvent>> ReadEventsAsync(
        EventCursor after, EventCursor upTo, string? directory, int limit, CancellationToken cancellationToken) =>
        PostgresFeed.Merge(
            await _reader.ListAsync(() => PostgresFeed.Statement(after, upTo, directory, limit), PostgresRows.Event, cancellationToken), limit);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes)
            lane.Dispose();
        // Given free last: a next owner waits until nothing of this one writes any more.
        await _ownership.DisposeAsync();
        _reader.Dispose();
        _connections.Dispose();
    }
}

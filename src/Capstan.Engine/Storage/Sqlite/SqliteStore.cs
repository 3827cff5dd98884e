using System.Collections.Concurrent;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// The embedded store: one SQLite file in WAL mode, one connection that writes, and readers on their own connections.
/// </summary>
public sealed class SqliteStore : IStore
{
    // Readers are borrowed for microseconds, so keeping more idle readers than this would only use memory.
    private const int IdleReaders = 4;

    // How many bytes end a page of events, however few events it has: one event may be as large as the longest text. Each replay
    // keeps one page in memory, and a client that does not read keeps its page there long.
    private const long LargestPage = 128 * 1024;

    private readonly string _path;
    private readonly OwnerLock _lock;
    private readonly SqliteWriter _writer;
    private readonly SqliteUpkeep _upkeep;
    private readonly ConcurrentBag<SqliteReader> _readers = [];

    private SqliteStore(string path, OwnerLock @lock, SqliteWriter writer, SqliteUpkeep upkeep)
    {
        _path = path;
        _lock = @lock;
        _writer = writer;
        _upkeep = upkeep;
        Lanes = [new SqliteLane(writer, upkeep)];
        NewestCursor = new EventCursor(Read(
            static (reader, _) => SqliteRows.All(reader.Query(SqliteEventLog.LastSequence), static row => row.GetInt64(0))[0], 0));
    }

    /// <inheritdoc/>
    public long Epoch => _writer.Epoch;

    /// <inheritdoc/>
    public IReadOnlyList<IStoreLane> Lanes { get; }

    /// <inheritdoc/>
    public EventCursor NewestCursor { get; }

    /// <summary>The version of the SQLite library in use.</summary>
    public static string LibraryVersion => SQLitePCL.raw.sqlite3_libversion().utf8_to_string();

    /// <summary>
    /// Opens the store in a directory and becomes its owner. Creates the directory and the database where they are missing.
    /// </summary>
    /// <param name="directory">The data directory. Where this call creates it, only this user can read it.</param>
    /// <exception cref="StoreInUseException">Another process owns the store.</exception>
    /// <exception cref="StoreUnusableException">The directory or the database cannot be used.</exception>
    public static SqliteStore Open(string directory)
    {
        SQLitePCL.Batteries_V2.Init();
        var path = Path.Combine(directory, "capstan.db");
        OwnerLock? owner = null;
        try
        {
            CreateDirectory(directory);
            // The lock keeps other processes out. The epoch stops a former owner that was only suspended.
            owner = OwnerLock.Take(path);
            var connection = SqliteConnections.OpenWriter(path);
            SqliteSchema.Migrate(connection);
            SqliteConnections.OverwriteDeleted(connection);
            var writer = new SqliteWriter(connection);
            return new SqliteStore(path, owner, writer, new SqliteUpkeep(connection, writer));
        }
        catch (Exception exception)
        {
            owner?.Dispose();
            if (SqliteFailure.Describe(exception, directory, path) is { } unusable)
                throw unusable;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Announce(Uri address)
    {
        try
        {
            _lock.Write(address);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The address is a courtesy to other processes; the lock refuses them even without it.
        }
    }

    /// <inheritdoc/>
    public ValueTask<SessionRow?> FindSessionAsync(string sessionID, CancellationToken cancellationToken) =>
        new(Read(static (reader, id) => SqliteRows.First(
            reader.Query($"SELECT {StoredRows.SessionColumns} FROM session WHERE id = $0", id), StoredRows.Session), sessionID));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken) =>
        new(Read(static (reader, query) => SqliteSessions.List(reader, query), query));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SessionRow>> ListActiveSessionsAsync(CancellationToken cancellationToken) =>
        new(Read(static (reader, _) => SqliteRows.All(
            reader.Query($"SELECT {StoredRows.SessionColumns} FROM session WHERE status IS NOT NULL"), StoredRows.Session), 0));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListChildrenAsync(string sessionID, CancellationToken cancellationToken) =>
        new(Read(static (reader, id) => SqliteRows.All(
            reader.Query("SELECT id FROM session WHERE parent_id = $0", id), static row => row.GetString(0)), sessionID));

    /// <inheritdoc/>
    public ValueTask<MessagePage> ReadMessagesAsync(MessageQuery query, CancellationToken cancellationToken) =>
        new(Read(static (reader, query) => SqliteHistory.ReadPage(reader, query), query));

    /// <inheritdoc/>
    public ValueTask<MessageRow?> FindMessageAsync(string sessionID, string messageID, CancellationToken cancellationToken) =>
        new(Read(static (reader, key) => SqliteHistory.Find(reader, key.sessionID, key.messageID), (sessionID, messageID)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MessageRow>> ReadContextAsync(string sessionID, long after, CancellationToken cancellationToken) =>
        new(Read(static (reader, key) => SqliteHistory.ReadContext(reader, key.sessionID, key.after), (sessionID, after)));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WorkRow>> ReadInboxAsync(string sessionID, CancellationToken cancellationToken) =>
        new(Read(static (reader, id) => SqliteRows.All(
            reader.Query($"SELECT {StoredRows.InboxColumns} FROM inbox WHERE session_id = $0 ORDER BY position", id),
            StoredRows.Work), sessionID));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<EffectRow>> ListOpenEffectsAsync(CancellationToken cancellationToken) =>
        new(Read(static (reader, _) => SqliteRows.All(
            reader.Query("SELECT session_id, part_id FROM effect WHERE time_finished IS NULL ORDER BY part_id"),
            static row => new EffectRow(row.GetString(0), row.GetString(1))), 0));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PermissionRow>> ListPermissionsAsync(CancellationToken cancellationToken) =>
        new(Read(static (reader, _) => SqliteRows.All(
            reader.Query($"SELECT {StoredRows.PermissionColumns} FROM permission WHERE reply IS NULL ORDER BY id"), StoredRows.Permission), 0));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApprovalRow>> ListApprovalsAsync(string directory, CancellationToken cancellationToken) =>
        new(Read(static (reader, name) => SqliteRows.All(
            reader.Query($"SELECT {StoredRows.ApprovalColumns} FROM approval WHERE directory = $0 ORDER BY id", name),
            StoredRows.Approval), directory));

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> FindTodosAsync(string sessionID, CancellationToken cancellationToken)
    {
        var json = Read(
            static (reader, id) => SqliteRows.First(
                reader.Query("SELECT data FROM todo WHERE session_id = $0", id), static row => StoredRows.Bytes(row, 0)),
            sessionID);
        // A null array would be converted to memory of no bytes, which is not the same as no list.
        return new(json is null ? (ReadOnlyMemory<byte>?)null : json);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ProjectInfo>> ListProjectsAsync(CancellationToken cancellationToken) =>
        new(Read(static (reader, _) => SqliteRows.All(
            reader.Query("SELECT data FROM project ORDER BY id"),
            static row => JsonSerializer.Deserialize(StoredRows.Bytes(row, 0), WireJson.Wire.ProjectInfo)!), 0));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GrowingPart>> ListGrowingPartsAsync(string? directory, CancellationToken cancellationToken) =>
        new(Read(static (reader, name) => SqliteHistory.ReadGrowing(reader, name), directory));

    /// <inheritdoc/>
    public ValueTask<EventCursor> FindOldestCursorAsync(CancellationToken cancellationToken) =>
        new(Read(static (reader, _) => new EventCursor(SqliteRows.All(
            reader.Query("SELECT first - 1 FROM event_log"), static row => row.GetInt64(0))[0]), 0));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PublishedEvent>> ReadEventsAsync(
        EventCursor after, EventCursor upTo, string? directory, int limit, CancellationToken cancellationToken) =>
        new(Read<(long After, long UpTo, string? Directory, int Limit), IReadOnlyList<PublishedEvent>>(
            static (reader, range) =>
            {
                using var rows = reader.Query(
                    $"""
                    SELECT {SqliteRows.EventColumns} FROM event
                    WHERE sequence > $0 AND sequence <= $1 AND ($2 IS NULL OR directory = $2)
                      AND NOT EXISTS (SELECT 1 FROM deleted_session AS gone WHERE gone.id = session_id AND event.sequence < gone.sequence)
                    ORDER BY sequence LIMIT $3
                    """,
                    range.After,
                    range.UpTo,
                    range.Directory,
                    range.Limit);
                var page = new List<PublishedEvent>();
                for (var bytes = 0L; bytes < LargestPage && rows.Read(); bytes += page[^1].Json.Length)
                    page.Add(SqliteRows.Event(rows));
                return page;
            },
            (after[0], upTo[0], directory, limit)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _upkeep.Dispose();
        _writer.Close();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private T Read<TState, T>(Func<SqliteReader, TState, T> read, TState state)
    {
        if (!_readers.TryTake(out var reader))
            reader = new SqliteReader(SqliteConnections.OpenReader(_path));
        var isSound = false;
        try
        {
            var result = read(reader, state);
            isSound = true;
            return result;
        }
        catch (SqliteException exception) when (SqliteFailure.IsDamage(exception))
        {
            throw SqliteFailure.Damaged(exception, _path);
        }
        finally
        {
            // A reader whose query threw may be in any state, so only a reader whose query succeeded is kept.
            if (isSound && _readers.Count < IdleReaders)
                _readers.Add(reader);
            else
                reader.Dispose();
        }
    }
}

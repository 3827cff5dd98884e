using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// Reads on connections of a pool. A read fails at once where the database cannot be reached; where only the pooled connection was
/// dead, as all are after the database started again, it is tried once more on a new one.
/// </summary>
internal sealed class PostgresReader(PostgresConnections connections, PostgresOptions options, PostgresAvailability availability) : IDisposable
{
    // Waits here have no limit, and the pool's have: a reader that has to wait for another is not told that the database is away.
    private readonly SemaphoreSlim _free = new(options.Readers);

    /// <summary>Runs one statement and reads all of its rows.</summary>
    public ValueTask<List<T>> ListAsync<T>(
        Func<NpgsqlBatchCommand> statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        ReadAsync(
            () => [statement()],
            (rows, cancellationToken) => PostgresRows.AllAsync(rows, read, cancellationToken),
            cancellationToken);

    /// <summary>Runs one statement and reads its first row, or null.</summary>
    public async ValueTask<T?> FirstAsync<T>(
        Func<NpgsqlBatchCommand> statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class =>
        (await ListAsync(statement, read, cancellationToken)).FirstOrDefault();

    /// <summary>Reads messages with their parts.</summary>
    public ValueTask<List<MessageRow>> MessagesAsync(
        PostgresSelection selection, Func<NpgsqlParameter[]> parameters, CancellationToken cancellationToken) =>
        ListAsync(() => selection.Statement(parameters()), PostgresSelection.Message, cancellationToken);

    /// <summary>Runs several statements that see the database as of one moment, in one round trip.</summary>
    public ValueTask<T> SnapshotAsync<T>(
        Func<IEnumerable<NpgsqlBatchCommand>> statements,
        Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken) =>
        ReadAsync(
            () =>
            [
                PostgresValue.Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                .. statements(),
                PostgresValue.Statement("COMMIT"),
            ],
            read,
            cancellationToken);

    /// <summary>Runs a statement that returns nothing, and makes no fuss where it fails.</summary>
    public void TryRun(NpgsqlBatchCommand statement)
    {
        try
        {
            using var connection = connections.Readers.OpenConnection();
            using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement } };
            batch.ExecuteNonQuery();
        }
        catch (Exception exception) when (exception is PostgresException || PostgresFailure.IsLost(exception))
        {
            // Whoever calls this has nothing that depends on it.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private async ValueTask<T> ReadAsync<T>(
        Func<NpgsqlBatchCommand[]> statements,
        Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            for (var isSecond = false; ; isSecond = true)
            {
                try
                {
                    var result = await ReadOnceAsync(statements(), read, cancellationToken);
                    availability.IsBack();
                    return result;
                }
                catch (Exception exception) when (PostgresFailure.IsLost(exception) && !cancellationToken.IsCancellationRequested)
                {
                    // The other connections of the pool have died with this one.
                    connections.Readers.Clear();
                    if (!isSecond)
                        continue;
                    availability.IsAway(exception);
                    throw PostgresFailure.Unavailable(exception, options.Address);
                }
                catch (PostgresException exception) when (PostgresFailure.IsShortOfResources(exception))
                {
                    throw PostgresFailure.Short(exception, options.Address);
                }
            }
        }
        finally
        {
            _free.Release();
        }
    }

    private async ValueTask<T> ReadOnceAsync<T>(
        NpgsqlBatchCommand[] statements,
        Func<NpgsqlDataReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken)
    {
        await using var connection = await connections.Readers.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements)
            batch.BatchCommands.Add(statement);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await read(rows, cancellationToken);
    }
}

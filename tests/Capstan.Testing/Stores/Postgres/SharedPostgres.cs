using System.Collections.Concurrent;

namespace Capstan.Testing.Stores.Postgres;

/// <summary>
/// The server that all tests of an assembly share, for whoever needs a database and not a server: it starts with the first that asks, and
/// ends with the run. A test that ends or kills a server starts a <see cref="PostgresServer"/> of its own.
/// </summary>
/// <remarks>
/// An assembly says once <c>[assembly: AssemblyFixture(typeof(SharedPostgres))]</c>; its test classes then take one in their constructor.
/// It does not wait for the disk: no test of it is about a machine that loses power.
/// </remarks>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server =
        new(static () => PostgresServer.StartAsync(new() { IsSyncing = false }));
    private readonly ConcurrentDictionary<string, Lazy<Task<PostgresDatabase>>> _templates = new();
    private int _databases;

    /// <summary>The server.</summary>
    public Task<PostgresServer> ServerAsync(CancellationToken cancellationToken = default) =>
        _server.Value.WaitAsync(cancellationToken);

    /// <summary>Creates a database for one test: empty, and nobody else's.</summary>
    public async Task<PostgresDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default) =>
        await CreateAsync(null, cancellationToken);

    /// <summary>Creates a database for one test as a copy of one that is filled once, such as with a schema.</summary>
    /// <param name="template">The name of what it is filled with, which is the same database for all who ask for it.</param>
    /// <param name="fill">Fills it; no connection to it may be left open behind, not even in a pool.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PostgresDatabase> CreateDatabaseAsync(
        string template, Func<PostgresDatabase, Task> fill, CancellationToken cancellationToken = default)
    {
        var filled = _templates.GetOrAdd(template, name => new(() => FillAsync(name, fill)));
        return await CreateAsync((await filled.Value.WaitAsync(cancellationToken)).Name, cancellationToken);
    }

    /// <summary>Drops a database that a test is done with; connections to it are ended.</summary>
    public async Task DropDatabaseAsync(PostgresDatabase database, CancellationToken cancellationToken = default) =>
        await (await ServerAsync(cancellationToken)).DropDatabaseAsync(database.Name, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }

    private async Task<PostgresDatabase> FillAsync(string name, Func<PostgresDatabase, Task> fill)
    {
        var database = await (await ServerAsync()).CreateDatabaseAsync($"template_{name}");
        await fill(database);
        return database;
    }

    private async Task<PostgresDatabase> CreateAsync(string? template, CancellationToken cancellationToken)
    {
        var server = await ServerAsync(cancellationToken);
        return await server.CreateDatabaseAsync($"test_{Interlocked.Increment(ref _databases)}", template, cancellationToken);
    }
}

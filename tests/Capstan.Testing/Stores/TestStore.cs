using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Testing.Stores.Postgres;
using Microsoft.Extensions.Logging;

namespace Capstan.Testing.Stores;

/// <summary>
/// What one server of a test keeps its sessions in: SQLite in the server's home, or, where <c>CAPSTAN_TEST_STORE=postgres</c> says so, a
/// database of its own, which outlives the server's restarts and is dropped at the end.
/// </summary>
public sealed class TestStore : IAsyncDisposable
{
    // More than one even on a small machine: then the feed is numbered by lane, and two sessions write at the same time.
    private const int Lanes = 3;
    private const string Postgres = "postgres";

    private static readonly string? Chosen = Environment.GetEnvironmentVariable("CAPSTAN_TEST_STORE");
    private static readonly SharedPostgres Shared = new();

    private readonly PostgresDatabase? _database;

    private TestStore(PostgresDatabase? database) => _database = database;

    /// <summary>Whether the servers of this run keep their sessions in PostgreSQL.</summary>
    /// <exception cref="InvalidOperationException">The variable names no store.</exception>
    public static bool IsPostgres => Chosen switch
    {
        null or "" or "sqlite" => false,
        Postgres => true,
        // Whoever misspells it would take tests of SQLite for tests of another store.
        _ => throw new InvalidOperationException($"CAPSTAN_TEST_STORE must be sqlite or {Postgres}, and \"{Chosen}\" is not."),
    };

    /// <summary>The address of the database, as <c>CAPSTAN_STORE</c> has it; null for SQLite.</summary>
    public string? Address => _database?.SocketUrl;

    /// <summary>Makes an empty store of the kind that this run is about.</summary>
    public static async Task<TestStore> CreateAsync(CancellationToken cancellationToken = default) =>
        new(IsPostgres ? await Shared.CreateDatabaseAsync("capstan", FillAsync, cancellationToken) : null);

    /// <summary>Ends the server that has the databases of all tests.</summary>
    public static ValueTask EndAsync() => Shared.DisposeAsync();

    /// <summary>Opens the database; null for SQLite, which the engine opens by itself.</summary>
    /// <param name="loggers">Get what the store logs.</param>
    public Func<IStore>? Opening(ILoggerFactory loggers) => Address is { } address
        ? () => PostgresStore.Open(new(PostgresAddress.Parse(address)) { Logger = loggers.CreateLogger<PostgresStore>() })
        : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await Shared.DropDatabaseAsync(_database);
    }

    private static async Task FillAsync(PostgresDatabase template) =>
        await PostgresStore.Open(new(PostgresAddress.Parse(template.SocketUrl)) { Lanes = Lanes }).DisposeAsync();
}

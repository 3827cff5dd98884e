using System.Diagnostics;
using System.Globalization;
using Capstan.Bench.Processes;
using Capstan.Testing.Stores.Postgres;

namespace Capstan.Bench.Servers;

/// <summary>The same Capstan on a PostgreSQL server of the benchmark's own, with a database for each home.</summary>
internal sealed class CapstanOnPostgresLauncher(string directory, PostgresServer postgres) : CapstanLauncher(directory)
{
    private readonly Dictionary<ServerHome, PostgresDatabase> _databases = [];

    /// <inheritdoc/>
    public override string Name => "Capstan on PostgreSQL";

    /// <inheritdoc/>
    public override ProcessTree Database { get; } = new(postgres.ID);

    /// <summary>False: nodes that are silent for some seconds are taken for dead, and others may take over what they hold.</summary>
    public override bool CanBeHalted => false;

    /// <inheritdoc/>
    public override Task KillDatabaseAsync(CancellationToken cancellation) => postgres.KillBackendsAsync(cancellation);

    /// <inheritdoc/>
    protected override async Task ConfigureAsync(ProcessStartInfo start, ServerHome home, CancellationToken cancellation)
    {
        if (!_databases.TryGetValue(home, out var database))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"home{_databases.Count + 1}");
            _databases[home] = database = await postgres.CreateDatabaseAsync(name, cancellationToken: cancellation);
        }

        start.ArgumentList.Add("--store");
        start.ArgumentList.Add(database.Url);
    }
}

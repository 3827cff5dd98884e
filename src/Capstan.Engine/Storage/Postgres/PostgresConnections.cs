using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Makes connections to one database with the settings that this store relies on.</summary>
internal sealed class PostgresConnections : IDisposable
{
    // Statements are few and always the same texts.
    private const int PreparedStatements = 128;
    private const int ConnectTimeout = 5;
    private const int ReaderConnectTimeout = 3;
    // A slow database is not one that is away: a statement that is sent anew begins from the start.
    private const int CommandTimeout = 30;
    // The server would make a plan for each read where that looks cheaper, and making it costs more than the read.
    private const string PlanSettings = "SET plan_cache_mode = force_generic_plan; SET jit = off";
    // A process that is stopped in the middle of a write holds rows that others wait for. A write finds all of its rows by their keys;
    // a plan that goes through a whole table, made while the table was small, would be kept when it has grown.
    private const string LaneSettings = PlanSettings
        + "; SET idle_in_transaction_session_timeout = '15s'; SET enable_seqscan = off; SET enable_bitmapscan = off"
        + "; SET enable_hashjoin = off; SET enable_mergejoin = off";
    // The server notices within half a minute that the machine of the owner is gone, and gives its ownership free.
    private const string OwnerSettings =
        "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4; SET lock_timeout = '2s'";

    private readonly NpgsqlDataSource _single;

    public PostgresConnections(PostgresOptions options)
    {
        var single = Settings(options.Address);
        single.Pooling = false;
        single.Timeout = ConnectTimeout;
        single.CommandTimeout = Math.Max(CommandTimeout, (int)Math.Min(options.Patience.TotalSeconds, 3600));
        _single = Builder(single).Build();
        var pooled = Settings(options.Address);
        pooled.MaxPoolSize = options.Readers;
        pooled.Timeout = ReaderConnectTimeout;
        var readers = Builder(pooled);
        readers.UsePhysicalConnectionInitializer(
            static connection => Set(connection, PlanSettings), static connection => SetAsync(connection, PlanSettings, CancellationToken.None));
        Readers = readers.Build();
    }

    /// <summary>The pool of connections that read.</summary>
    public NpgsqlDataSource Readers { get; }

    /// <summary>Opens the connection of a lane. Lanes have threads of their own, which may wait.</summary>
    public NpgsqlConnection OpenLane()
    {
        var connection = _single.CreateConnection();
        try
        {
            connection.Open();
            Set(connection, LaneSettings);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens the connection that holds the ownership.</summary>
    public async Task<NpgsqlConnection> OpenOwnerAsync(CancellationToken cancellationToken)
    {
        var connection = _single.CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken);
            await SetAsync(connection, OwnerSettings, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Readers.Dispose();
        _single.Dispose();
    }

    private static NpgsqlConnectionStringBuilder Settings(PostgresAddress address)
    {
        var settings = address.ToConnectionString();
        settings.MaxAutoPrepare = PreparedStatements;
        settings.AutoPrepareMinUsages = 2;
        // A Unix socket knows no such settings, and needs none.
        if (!address.IsLocal)
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = 10;
            settings.TcpKeepAliveInterval = 5;
        }

        // A connection that reads changes nothing about itself, so there is nothing to reset: seven statements for each read.
        settings.NoResetOnClose = true;
        settings.ApplicationName ??= "capstan";
        settings.Enlist = false;
        return settings;
    }

    private static void Set(NpgsqlConnection connection, string settings)
    {
        using var command = new NpgsqlCommand(settings, connection);
        command.ExecuteNonQuery();
    }

    private static async Task SetAsync(NpgsqlConnection connection, string settings, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(settings, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlSlimDataSourceBuilder Builder(NpgsqlConnectionStringBuilder settings)
    {
        // The slim builder leaves out what needs reflection.
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        return builder;
    }
}

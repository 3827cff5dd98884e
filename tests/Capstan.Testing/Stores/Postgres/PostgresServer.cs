using System.Globalization;
using Capstan.Testing.Servers;
using Npgsql;

namespace Capstan.Testing.Stores.Postgres;

/// <summary>
/// A PostgreSQL server of one's own in a temporary directory, which can be killed at any instant and started again on the same data.
/// Everybody on the machine may connect as its superuser <c>postgres</c>. It ends with this process, however this process ends.
/// </summary>
/// <remarks>The methods that start and end it are called one after another; databases may be created at the same time.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Accepting = "database system is ready to accept connections";
    private const string PortIsTaken = "Address already in use";
    private const string Superuser = "postgres";
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(120);

    private readonly PostgresServerOptions _options;
    private readonly string _programs = PostgresPrograms.FindDirectory();
    private readonly PostgresUser _user = PostgresUser.Choose();
    private readonly PostgresDirectory _directory = PostgresDirectory.Create();
    private readonly PostgresLog _log = new();
    private PostgresProcess? _process;

    private PostgresServer(PostgresServerOptions options) => _options = options;

    /// <summary>The directory of the Unix socket.</summary>
    public string SocketDirectory => _directory.Path;

    /// <summary>The port on the loopback interface; the socket is named after it.</summary>
    public int Port { get; private set; }

    /// <summary>The postmaster's process number.</summary>
    /// <exception cref="InvalidOperationException">The server does not run.</exception>
    public int ID => Running.ID;

    /// <summary>The newest lines of the server's log.</summary>
    public string Log => _log.Tail;

    private PostgresProcess Running => _process is { Ended.IsCompleted: false } running
        ? running
        : throw new InvalidOperationException("The server does not run.");

    private string Data => Path.Combine(_directory.Path, "data");

    /// <summary>Creates a server and returns once it accepts connections, which takes a few seconds.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or it ended; the message holds what it logged.</exception>
    public static async Task<PostgresServer> StartAsync(
        PostgresServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new PostgresServer(options ?? new());
        try
        {
            server._user.Own(server._directory.Path);
            await server.InitialiseAsync(cancellationToken);
            await FreePort.UseAsync(async port =>
            {
                server.Port = port;
                await server.StartAgainAsync(cancellationToken);
                return server;
            }, FreePort.FindLasting);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts the server on the data of the last time, and on the same port. Waits for what is left of a killed one before, and returns
    /// once the server has recovered and accepts connections.
    /// </summary>
    /// <exception cref="InvalidOperationException">It runs, or it ended; the message holds what it logged.</exception>
    /// <exception cref="IOException">Somebody has taken the port meanwhile.</exception>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        if (_process is { Ended.IsCompleted: false })
            throw new InvalidOperationException("The server runs.");
        if (_process is { } old)
            await WaitAsync(old.Gone, "processes of the killed server are left", cancellationToken);
        var accepting = _log.NextAsync(Accepting);
        var taken = _log.NextAsync(PortIsTaken);
        var process = await PostgresProcess.StartAsync(_user.Describe(
            Path.Combine(_programs, "postgres"), ["-D", Data, .. Settings()], _directory.Path), _log);
        _process = process;
        await WaitAsync(Task.WhenAny(accepting, process.Ended), "the server does not accept connections", cancellationToken);
        if (accepting.IsCompleted)
            return;
        await WaitAsync(process.Gone, "processes of the server are left", cancellationToken);
        if (taken.IsCompleted)
            throw new IOException($"Port {Port} is taken:\n{Log}");
        throw new InvalidOperationException($"The server ended:\n{Log}");
    }

    /// <summary>
    /// SIGKILL to the postmaster, which is gone when this returns. Its backends then end by themselves; those that are busy may take
    /// a moment, and commit meanwhile.
    /// </summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        var running = Running;
        ProcessSignals.Send(running.ID, ProcessSignal.Kill);
        await WaitAsync(running.Ended, "the killed server has not ended", cancellationToken);
    }

    /// <summary>
    /// SIGKILL to every process that serves a client. PostgreSQL then ends all others, recovers and goes on under the same postmaster:
    /// this returns once it accepts connections again.
    /// </summary>
    /// <returns>How many clients had a process.</returns>
    public async Task<int> KillBackendsAsync(CancellationToken cancellationToken = default)
    {
        var accepting = _log.NextAsync(Accepting);
        var backends = new List<int>();
        await using (var connection = await ConnectAsync(cancellationToken))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    backends.Add(reader.GetInt32(0));
            }

            // Some may have ended by themselves. The one that was asked goes too, so that there always is one to recover from.
            foreach (var backend in (int[])[.. backends, connection.ProcessID])
                ProcessSignals.TrySend(backend, ProcessSignal.Kill);
        }

        await WaitAsync(accepting, "the server does not accept connections again", cancellationToken);
        return backends.Count;
    }

    /// <summary>Stops the server, and returns when none of its processes is left.</summary>
    public async Task StopAsync(PostgresStop how, CancellationToken cancellationToken = default)
    {
        var running = Running;
        ProcessSignals.Send(running.ID, how == PostgresStop.Fast ? ProcessSignal.Interrupt : ProcessSignal.Quit);
        await WaitAsync(running.Gone, "the server does not stop", cancellationToken);
    }

    /// <summary>Creates a database.</summary>
    /// <param name="name">Its name, which need not be quoted.</param>
    /// <param name="template">The database that it begins as a copy of; nobody may be connected to that. Null is an empty one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PostgresDatabase> CreateDatabaseAsync(
        string name, string? template = null, CancellationToken cancellationToken = default)
    {
        var copied = Quote(template ?? "template0");
        await ExecuteAsync($"CREATE DATABASE {Quote(name)} TEMPLATE {copied}", cancellationToken);
        var path = Uri.EscapeDataString(name);
        return new PostgresDatabase(
            name,
            $"postgres://{Superuser}@127.0.0.1:{Port}/{path}",
            $"postgres://{Superuser}@/{path}?host={Uri.EscapeDataString(SocketDirectory)}&port={Port}",
            Describe(name).ConnectionString);
    }

    /// <summary>Drops a database, and ends the connections to it.</summary>
    public Task DropDatabaseAsync(string name, CancellationToken cancellationToken = default) =>
        ExecuteAsync($"DROP DATABASE {Quote(name)} WITH (FORCE)", cancellationToken);

    /// <summary>Ends the server at once and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is { Ended.IsCompleted: false })
                await StopAsync(PostgresStop.Immediate);
            else if (_process is { } ended)
                await WaitAsync(ended.Gone, "processes of the server are left", CancellationToken.None);
        }
        finally
        {
            // Whatever kept the postmaster from stopping, it must not outlive the test.
            if (_process is { Ended.IsCompleted: false })
                await KillAsync();
            _directory.Dispose();
        }
    }

    private static string Quote(string name)
    {
        using var builder = new NpgsqlCommandBuilder();
        return builder.QuoteIdentifier(name);
    }

    private NpgsqlConnectionStringBuilder Describe(string database) => new()
    {
        Host = SocketDirectory,
        Port = Port,
        Username = Superuser,
        Database = database,
    };

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        // Not kept in a pool: a connection that is left over would be dead after the next kill.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Describe("postgres").ConnectionString)
        {
            Pooling = false,
            Timeout = (int)SafetyNet.TotalSeconds,
            CommandTimeout = (int)SafetyNet.TotalSeconds,
        }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task InitialiseAsync(CancellationToken cancellationToken)
    {
        // Nothing is lost by not waiting for the disk here: the data that matter are written later.
        var start = _user.Describe(Path.Combine(_programs, "initdb"),
            ["-D", Data, "--username", Superuser, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"],
            _directory.Path);
        var initdb = await PostgresProcess.StartAsync(start, _log);
        await WaitAsync(initdb.Gone, "initdb does not end", cancellationToken);
        if (await initdb.Gone != 0)
            throw new InvalidOperationException($"initdb failed:\n{Log}");
    }

    private IEnumerable<string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = SocketDirectory,
            ["fsync"] = _options.IsSyncing ? "on" : "off",
            // Bounds what a start after a kill has to read again.
            ["max_wal_size"] = "512MB",
            ["shared_buffers"] = "64MB",
            ["max_connections"] = "100",
        };
        foreach (var (name, value) in _options.Settings)
            settings[name] = value;
        return settings.SelectMany(static setting => (string[])["-c", $"{setting.Key}={setting.Value}"]);
    }

    private async Task WaitAsync(Task task, string failure, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(SafetyNet, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"After {SafetyNet.TotalSeconds} s {failure}:\n{Log}");
        }
    }
}

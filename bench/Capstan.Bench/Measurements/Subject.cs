using System.Globalization;
using Capstan.Bench.Client;
using Capstan.Bench.Servers;

namespace Capstan.Bench.Measurements;

/// <summary>The server that is measured: how to start fresh ones, and the one that most measurements share.</summary>
internal sealed class Subject(ServerLauncher launcher, string root, Uri model, Scale scale) : IAsyncDisposable
{
    private const string Unknown = "?";

    private ServerProcess? _shared;
    private EventStream? _reader;
    private ServerHome? _crowded;
    private int _homes;

    /// <summary>How much is asked of it.</summary>
    public Scale Scale => scale;

    /// <summary>The server's name.</summary>
    public string Name => launcher.Name;

    /// <summary>Its version, once a server has run.</summary>
    public string Version { get; private set; } = Unknown;

    /// <summary>The log of the newest home.</summary>
    public string? Log { get; private set; }

    /// <summary>A home that no server has seen.</summary>
    public ServerHome NewHome()
    {
        var number = (++_homes).ToString(CultureInfo.InvariantCulture);
        var home = new ServerHome(Path.Combine(root, $"{launcher.Name.Replace(' ', '-')}-{number}"), model);
        Log = home.Log;
        return home;
    }

    /// <summary>Starts a server that the caller ends.</summary>
    public async Task<ServerProcess> StartAsync(ServerHome home, CancellationToken cancellation)
    {
        var server = await launcher.StartAsync(home, cancellation);
        if (Version == Unknown)
            Version = await server.Client.VersionAsync(cancellation);
        return server;
    }

    /// <summary>
    /// A home whose store holds twenty thousand sessions of its workspace, and some older ones of a directory in it. It is filled once;
    /// no server runs there.
    /// </summary>
    public async Task<ServerHome> CrowdedHomeAsync(CancellationToken cancellation)
    {
        if (_crowded is { } filled)
            return filled;
        var home = NewHome();
        await using var server = await StartAsync(home, cancellation);
        using (var older = new SessionClient(server.Client.Server, home.Subdirectory))
            await Filling.SessionsAsync(older, scale.OlderSessions, cancellation);
        await Filling.SessionsAsync(server.Client, scale.ManySessions, cancellation);
        return _crowded = home;
    }

    /// <summary>
    /// The server that carries its sessions and its memory from one measurement to the next. The client that drives it reads its events, as
    /// people's clients do.
    /// </summary>
    public async Task<ServerProcess> SharedAsync(CancellationToken cancellation)
    {
        if (_shared is not null)
            return _shared;
        _shared = await StartAsync(NewHome(), cancellation);
        await ReadAsync(cancellation);
        return _shared;
    }

    /// <summary>Begins to read the shared server's events.</summary>
    public async Task ReadAsync(CancellationToken cancellation) =>
        _reader ??= await EventStream.OpenAsync(_shared!.Client.Server, _shared.Client.Directory, static (_, _) => { }, cancellation);

    /// <summary>Reads them no longer.</summary>
    public async Task StopReadingAsync()
    {
        if (_reader is { } reading)
        {
            _reader = null;
            await reading.DisposeAsync();
        }
    }

    /// <summary>Whether the servers keep their sessions in a database server.</summary>
    public bool HasDatabase => launcher.Database is not null;

    /// <summary>Kills all connections of the database server, and returns once it accepts new ones.</summary>
    public Task KillDatabaseAsync(CancellationToken cancellation) => launcher.KillDatabaseAsync(cancellation);

    /// <summary>Halts the shared server while another one is measured, so that it takes nothing of the machine.</summary>
    public void Pause()
    {
        if (launcher.CanBeHalted)
            _shared?.Tree.Pause();
    }

    /// <summary>Whether the subject is asked for a measurement.</summary>
    public bool Takes(Measurement measurement) => measurement.IsForAll || launcher is CapstanLauncher;

    /// <summary>Lets the shared server go on.</summary>
    public void Resume() => _shared?.Tree.Resume();

    /// <summary>Ends the shared server, after a failure or at the end; the next one to ask gets a new one.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopReadingAsync();
        if (_shared is { } server)
        {
            _shared = null;
            await server.DisposeAsync();
        }
    }
}

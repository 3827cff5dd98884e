using Capstan.Engine;
using Capstan.Engine.Configuration;
using Capstan.Engine.Events;
using Capstan.Engine.Turns;
using Capstan.Server;
using Capstan.Testing.Models;
using Capstan.Testing.Stores;
using Capstan.Testing.Workspaces;
using Microsoft.Extensions.Logging;

namespace Capstan.Testing.Servers;

/// <summary>The real engine and the real server in this process, over real HTTP, with a scripted model and a home of their own.</summary>
public sealed class TestServer : ServerUnderTest, IAsyncDisposable
{
    private readonly TestServerOptions _options;
    private readonly ServerHome _home = new();
    private readonly TestStore _store;
    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;
    private CapstanEngine? _engine;
    private CapstanServer? _server;
    private HttpClient? _http;

    private TestServer(TestServerOptions options, TestStore store, ScriptedModel model, TestWorkspace workspace)
    {
        _options = options;
        _store = store;
        Model = model;
        Workspace = workspace;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddProvider(_log));
    }

    /// <summary>The model.</summary>
    public ScriptedModel Model { get; }

    /// <summary>The workspace.</summary>
    public TestWorkspace Workspace { get; }

    /// <summary>The engine as it runs now.</summary>
    public CapstanEngine Engine => _engine!;

    /// <summary>Where the server listens now.</summary>
    public Uri Address => _server!.Address;

    /// <summary>What was logged as a warning or worse.</summary>
    public IReadOnlyList<string> Warnings => _log.Lines;

    /// <inheritdoc/>
    public override HttpClient Http => _http!;

    /// <inheritdoc/>
    public override string Directory => Workspace.Directory;

    /// <summary>Starts a server.</summary>
    public static async Task<TestServer> StartAsync(TestServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        var model = await ScriptedModel.StartAsync(options.Model, cancellationToken);
        var workspace = await TestWorkspace.CreateAsync(model.Url, options.Workspace, cancellationToken);
        var server = new TestServer(options, await TestStore.CreateAsync(cancellationToken), model, workspace);
        await server.RunAsync(cancellationToken);
        return server;
    }

    /// <summary>How many durable events there have been, of which the oldest need not be kept any more: each lane numbers its own from 1.</summary>
    public async Task<long> EventCountAsync(CancellationToken cancellationToken = default) =>
        (await EventsAsync(cancellationToken)).GroupBy(static published => published.Lane).Sum(static lane => lane.Last().Sequence);

    /// <summary>All durable events that are kept, oldest first.</summary>
    public async Task<IReadOnlyList<PublishedEvent>> EventsAsync(CancellationToken cancellationToken = default)
    {
        return await Engine.Store.ReadAllEventsAsync(cancellationToken: cancellationToken);
    }

    /// <summary>A client of this server that names another workspace, or none.</summary>
    public HttpClient CreateClient(string? directory)
    {
        var client = CreateClient(Address, directory ?? "");
        if (directory is null)
            client.DefaultRequestHeaders.Clear();
        return client;
    }

    /// <summary>Stops engine and server in the middle of whatever they do, and starts new ones on the same data.</summary>
    public Task RestartAsync(CancellationToken cancellationToken = default) => RestartAsync(static () => Task.CompletedTask, cancellationToken);

    /// <inheritdoc cref="RestartAsync(CancellationToken)"/>
    /// <param name="meanwhile">What happens to the data while nobody owns them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RestartAsync(Func<Task> meanwhile, CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await meanwhile();
        await RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Model.DisposeAsync();
        Workspace.Dispose();
        await _store.DisposeAsync();
        _home.Dispose();
        _loggers.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var variables = _home.Variables;
        foreach (var (name, value) in _options.Environment)
            variables[name] = value;
        var environment = new ProcessEnvironment(variables);
        // What an administrator set up on this machine is no part of a test.
        var paths = ConfigPaths.From(environment) with { Managed = Path.Combine(variables["HOME"], "managed") };
        var options = new EngineOptions
        {
            Paths = paths,
            Environment = environment,
            Version = "0.0.0-test",
            Seed = 1,
            // What a turn records of files must not depend on how busy the machine is.
            Turns = new TurnOptions { MaxSnapshotWait = TimeSpan.FromSeconds(97) },
        };
        if (_store.Opening(_loggers) is { } open)
            options = options with { OpenStore = open };
        _engine = await CapstanEngine.StartAsync(_options.Engine(options), _loggers, cancellationToken);
        _server = await FreePort.UseAsync(port => CapstanServer.StartAsync(
            _engine,
            _options.Server(new ServerOptions { Port = port, Version = "0.0.0-test", Directory = Workspace.Directory }),
            _loggers,
            cancellationToken));
        _http = CreateClient(_server.Address, Workspace.Directory);
    }

    private async Task StopAsync()
    {
        _http?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        if (_engine is not null)
            await _engine.DisposeAsync();
    }
}

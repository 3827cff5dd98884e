using Capstan.Engine.Events;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;
using Capstan.Testing.Scheduling;
using Capstan.Testing.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>One process of the server: from its start to its stop or death.</summary>
internal sealed class SimulatedServer
{
    private readonly World _world;
    private CapstanEngine? _engine;
    private Task _started;

    public SimulatedServer(World world, int hubEvents)
    {
        _world = world;
        Process = new SimulatedProcess(world.Processor);
        Store = world.Disk.Open(() => Process.Kill());
        var options = new EngineOptions
        {
            Paths = SimulatedWorkspace.Paths,
            Environment = SimulatedWorkspace.Environment,
            Version = "0.0.0",
            Time = world.Time,
            Seed = world.Random.Next(),
            Turns = new TurnOptions { MaxRetries = 2 },
            // Time passes in it when nothing else is to be done; a timer would be something.
            Contexts = new ContextOptions { MaxAge = Timeout.InfiniteTimeSpan },
            Hub = new EventHubOptions(MaxEvents: hubEvents),
            OpenStore = () => Store,
            Tools = [.. SimulatedTool.All(world, Process)],
            CreateChatClient = (_, _) => new SimulatedModel(world, Process),
            Scheduler = Process,
            Telemetry = () => Process.Own(new EngineTelemetry()),
            EndOrphans = (marks, _) => Task.FromResult(marks.Count(world.Processes.Remove)),
            LoadWorkspace = _ => world.IsWorkspaceBroken
                ? Task.FromException<Workspace>(new IOException("The workspace is broken."))
                : SimulatedWorkspace.Loaded,
        };
        var orphans = world.Processes.Where(pair => !world.Fenced.Contains(pair.Value)).Select(static pair => pair.Key).ToList();
        _started = Process.Start(async () =>
        {
            _engine = await CapstanEngine.StartAsync(options, NullLoggerFactory.Instance, CancellationToken.None);
            if (orphans.Exists(world.Processes.ContainsKey))
                world.Violate("processes of a dead server are left");
        });
    }

    public SimulatedProcess Process { get; }

    public CrashableStore Store { get; }

    /// <summary>Whether it takes requests.</summary>
    public bool IsUp => Process.IsAlive && _engine is not null;

    /// <summary>Whether it ended by itself while it started: its store failed.</summary>
    public bool HasFailedToStart => _started.IsFaulted;

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStopping { get; private set; }

    public CapstanEngine Engine => _engine!;

    /// <summary>Does something as a request does: on the server's own tasks; nothing is heard of it if the server dies.</summary>
    public void Request(Func<CapstanEngine, Task> act)
    {
        var engine = _engine;
        if (engine is null)
            return;
        _ = Process.Start(() => act(engine));
    }

    public void Kill()
    {
        Process.Kill();
        Store.Die();
    }

    /// <summary>Stops it in an orderly way.</summary>
    public void Stop()
    {
        if (_engine is not { } engine)
            return;
        IsStopping = true;
        _started = Process.Start(async () => await engine.DisposeAsync());
        _world.Processor.Settle();
        while (!_started.IsCompleted && Process.IsAlive)
        {
            if (_world.Time.UntilNextTimer is { } wait)
                _world.Time.Advance(wait);
            else if (!_world.Processor.WaitForStragglers())
                break;
            _world.Processor.Settle();
        }

        if (!_started.IsCompleted && Process.IsAlive)
            _world.Violate("the server does not stop");
        Kill();
    }
}

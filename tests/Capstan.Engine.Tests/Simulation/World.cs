using System.Globalization;
using System.Text;
using Capstan.Contract;
using Capstan.Testing.Scheduling;
using Capstan.Testing.Stores;
using Capstan.Testing.Time;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>All that there is in one history: a disk, a clock, a processor, servers, clients and what they know. One seed makes it.</summary>
internal sealed class World
{
    private readonly List<string> _log = [];
    private readonly List<string> _violations = [];
    private int _calls;
    private int _answers;

    public World(int seed, bool isTraced = false)
    {
        Random = new Random(seed);
        Disk = new StoreDisk(lanes: 1 + Random.Next(3));
        Processor = new SimulatedProcessor(Random) { Fairness = Random.Next(3) / 2.0 };
        // The journal writes on a thread of its own: while it waits for the disk, everybody else goes on.
        Disk.Syncing = () =>
        {
            for (var i = Random.Next(4); i > 0 && Processor.RunOne(); i--)
            {
            }
        };
        Disk.Committing = (before, after) =>
        {
            if (isTraced)
                Trace(before, after);
            CommitCheck.Check(this, before, after);
            foreach (var requestID in after.Permissions.Keys.Where(id => !before.Permissions.ContainsKey(id)))
                Asked?.Invoke(requestID);
        };
    }

    public Random Random { get; }

    public SimulatedProcessor Processor { get; }

    public SimulatedTime Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public StoreDisk Disk { get; }

    public List<SentPrompt> Prompts { get; } = [];

    public List<SimulatedReader> Readers { get; } = [];

    public List<Gate> Gates { get; } = [];

    /// <summary>The marks of the processes that calls have started and that run, and the servers of these calls.</summary>
    public Dictionary<string, SimulatedProcess> Processes { get; } = [];

    /// <summary>The servers that lost their store and did not die of it: what they start after that nobody can know of.</summary>
    public HashSet<SimulatedProcess> Fenced { get; } = [];

    /// <summary>How often each call had its effect.</summary>
    public Dictionary<string, (int Count, string What)> Runs { get; } = [];

    /// <summary>The answer of a model in which each call was made.</summary>
    public Dictionary<string, int> AnswerOf { get; } = [];

    /// <summary>What models were told by users.</summary>
    public HashSet<string> SeenByModel { get; } = [];

    /// <summary>Requests whose answer was accepted.</summary>
    public List<string> Answered { get; } = [];

    /// <summary>Told of every new request, at the moment in which it is durable.</summary>
    public Action<string>? Asked { get; set; }

    /// <summary>Sessions whose deletion was confirmed.</summary>
    public HashSet<string> Deleted { get; } = [];

    /// <summary>What models do next, where it is not left to chance.</summary>
    public Queue<ModelPlan> Plans { get; } = new();

    /// <summary>Whether the world comes to rest: nothing hangs of its own will any longer.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Whether workspaces cannot be loaded, for a reason that no turn expects.</summary>
    public bool IsWorkspaceBroken { get; set; }

    /// <summary>Whether a server has died.</summary>
    public bool HasCrashed { get; set; }

    /// <summary>The sessions whose lease another node holds.</summary>
    public HashSet<string> Stolen { get; } = [];

    /// <summary>Whether a lease was ever stolen, so that a turn stopped in the middle while its server lived on.</summary>
    public bool HasStolen { get; set; }

    /// <summary>Whether a call of the store has failed while its server lived on.</summary>
    public bool HasFailed { get; init; }

    public bool IsViolated => _violations.Count > 0;

    /// <summary>What happened and what was wrong with it.</summary>
    public string Report => string.Join('\n', _log);

    public void Log(string line) =>
        _log.Add(string.Create(CultureInfo.InvariantCulture, $"  {Time.GetUtcNow():mm:ss.fff} call {Disk.CallCount,4}  {line}"));

    public void Violate(string violation)
    {
        // Once is enough: what is wrong after one commit is often wrong after all later ones.
        if (_violations.Contains(violation))
            return;
        Log($"VIOLATION: {violation}");
        _violations.Add(violation);
    }

    /// <summary>A new answer of a model begins.</summary>
    public int NewAnswer() => ++_answers;

    public string NewCallID(int answer)
    {
        var id = $"call_{++_calls}";
        AnswerOf[id] = answer;
        return id;
    }

    public void NoteRun(string callID, string what)
    {
        Runs[callID] = (Runs.GetValueOrDefault(callID).Count + 1, what);
        Log($"{callID} has its effect ({what})");
    }

    /// <summary>Waits until the world opens the gate.</summary>
    public async Task WaitAsync(SimulatedProcess process, string what, CancellationToken cancellationToken)
    {
        var gate = new Gate(process, what, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Gates.Add(gate);
        try
        {
            // Not Task.WaitAsync: on a task like this one it goes by way of the thread pool, out of the simulation's sight.
            await using var registration = cancellationToken.Register(() => gate.Opened.TrySetCanceled(cancellationToken));
            await gate.Opened.Task;
        }
        finally
        {
            Gates.Remove(gate);
        }
    }

    /// <summary>Opens a gate of a living process.</summary>
    /// <returns>False where none waits.</returns>
    public bool OpenGate()
    {
        Gates.RemoveAll(static gate => !gate.Process.IsAlive);
        // A stubborn tool is not let go while the world comes to rest: a turn must end without it.
        var waiting = Gates.FindAll(gate => !gate.Opened.Task.IsCompleted
            && (!IsDraining || !gate.What.StartsWith("stubborn", StringComparison.Ordinal)));
        if (waiting.Count == 0)
            return false;
        var gate = waiting[Random.Next(waiting.Count)];
        Log($"opens: {gate.What}");
        gate.Opened.TrySetResult();
        return true;
    }

    private void Trace(StoreState before, StoreState after)
    {
        Log("commit");
        foreach (var published in after.Events.Skip(before.Events.Count))
            Log($"    {published.Sequence} {Encoding.UTF8.GetString(published.Json)}");
    }

    public IEnumerable<string> SessionIDs => Disk.Committed.Sessions.Keys;

    public bool IsIdle => Disk.Committed.Sessions.Values.All(static row => row.Status is SessionStatus.Idle);
}

using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>
/// What outlives a process: the committed state and the epoch of its owner. Processes open it one after another, or one while another
/// still believes that it owns it.
/// </summary>
/// <param name="lanes">How many lanes the store has.</param>
public sealed class StoreDisk(int lanes = 1)
{
    private (long Call, StoreFault Fault)? _armed;

    /// <summary>What is committed.</summary>
    public StoreState Committed { get; private set; } = StoreState.Empty(lanes);

    /// <summary>The epoch of the newest owner.</summary>
    public long Epoch { get; private set; }

    /// <summary>How many calls there were, of all processes.</summary>
    public long CallCount { get; private set; }

    /// <summary>Whether an armed fault has not struck yet.</summary>
    public bool IsArmed => _armed is not null;

    /// <summary>Whether every call fails, as long as this is set.</summary>
    public bool IsFailing { get; set; }

    /// <summary>
    /// Whether the store takes no writes once an armed fault has struck, until this is set to false; reads are answered.
    /// </summary>
    public bool RefusesWritesAfterFault { get; set; }

    /// <summary>Whether the store takes no writes now.</summary>
    internal bool RefusesWrites => RefusesWritesAfterFault && _armed is null;

    /// <summary>Told of every commit: the state before and after.</summary>
    public Action<StoreState, StoreState>? Committing { get; set; }

    /// <summary>Called while a commit is on its way to the disk: others go on meanwhile.</summary>
    public Action? Syncing { get; set; }

    /// <summary>Becomes its owner.</summary>
    /// <param name="died">Told once when a fault kills the process.</param>
    public CrashableStore Open(Action? died = null) => new(this, ++Epoch, died);

    /// <summary>Lets a coming call fail.</summary>
    /// <param name="calls">Which, counted from 1: the next one.</param>
    /// <param name="fault">How.</param>
    public void Arm(long calls, StoreFault fault) => _armed = (CallCount + calls, fault);

    /// <summary>Takes back a fault that has not struck yet.</summary>
    public void Disarm() => _armed = null;

    /// <summary>Counts a call and says what goes wrong in it, if anything.</summary>
    internal StoreFault? Count()
    {
        CallCount++;
        if (IsFailing)
            return StoreFault.Fail;
        if (_armed is not { } armed || CallCount < armed.Call)
            return null;
        _armed = null;
        return armed.Fault;
    }

    /// <summary>Changes the lease of a session, as another node would, and says whether there was one to change.</summary>
    public bool ChangeLease(string sessionID, Func<SessionLease, SessionLease> change)
    {
        if (!Committed.Sessions.TryGetValue(sessionID, out var row))
            return false;
        Committed = Committed with { Sessions = Committed.Sessions.SetItem(sessionID, row with { Lease = change(row.Lease) }) };
        return true;
    }

    /// <summary>Carries the changes of a write out, on what others have committed since it began.</summary>
    internal void Commit(long epoch, Func<StoreState, StoreState> changes)
    {
        if (epoch != Epoch)
            throw new StoreFencedException(epoch, Epoch);
        var before = Committed;
        var after = changes(before);
        Committed = after;
        Committing?.Invoke(before, after);
    }
}

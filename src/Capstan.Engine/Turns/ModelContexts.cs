using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// Keeps the histories of sessions, as models are sent them, in memory between turns, so that a turn reads from the store only
/// what was added since the last turn.
/// </summary>
/// <remarks>
/// <code>
///   turn begins ──► context taken out, or made ──► steps read on ──► turn ends ──► context kept
///
///   context kept ──► taken out by the session's next turn
///                └─► dropped: beyond the byte limit those that were used longest ago, all where memory is scarce,
///                    each at its age limit, or because a message in it was changed
/// </code>
/// Invariant: a context is only ever added to. Code that changes or removes a message which stands in a context must call
/// <see cref="Forget"/> for its session. A turn that ends in an exception gives its context back to nobody, and a turn that lost
/// a write begins a new one.
/// </remarks>
internal sealed class ModelContexts : IDisposable
{
    private readonly IStore _store;
    private readonly ContextOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<bool> _isMemoryScarce;
    private readonly ITimer? _expiry;
    private readonly Lock _lock = new();
    // The context that was used last comes first.
    private readonly LinkedList<Kept> _kept = new();
    private readonly Dictionary<string, LinkedListNode<Kept>> _bySession = new(StringComparer.Ordinal);
    private long _bytes;

    /// <param name="store">The store that histories are read from.</param>
    /// <param name="options">How much is kept, and for how long.</param>
    /// <param name="time">The clock by which contexts age.</param>
    /// <param name="isMemoryScarce">
    /// Tells whether memory is too scarce to keep contexts; by default, what the runtime says of the memory of the machine or
    /// container.
    /// </param>
    public ModelContexts(IStore store, ContextOptions options, TimeProvider time, Func<bool>? isMemoryScarce = null)
    {
        (_store, _options, _time) = (store, options, time);
        _isMemoryScarce = isMemoryScarce ?? IsMemoryScarce;
        if (options.MaxAge != Timeout.InfiniteTimeSpan)
            _expiry = time.CreateTimer(static self => ((ModelContexts)self!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many bytes the kept contexts take together.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>
    /// Takes out the kept context of a session, or makes an empty one, for the one turn that runs in the session.
    /// </summary>
    public ModelContext Take(string sessionID)
    {
        lock (_lock)
            return Remove(sessionID)?.Context ?? new ModelContext(_store, sessionID);
    }

    /// <summary>Keeps the context of a turn that has ended, within the limits.</summary>
    public void Keep(ModelContext context)
    {
        // A context that was never read saves nothing, and the byte limit would not bound how many of them are kept.
        if (context.Bytes == 0 || context.Bytes > _options.MaxBytes)
            return;
        var isScarce = _isMemoryScarce();
        lock (_lock)
        {
            Remove(context.SessionID);
            if (isScarce)
            {
                Clear();
                return;
            }

            if (_kept.Count == 0)
                _expiry?.Change(_options.MaxAge, Timeout.InfiniteTimeSpan);
            _bySession[context.SessionID] = _kept.AddFirst(new Kept(context, _time.GetTimestamp()));
            _bytes += context.Bytes;
            while (_bytes > _options.MaxBytes)
                Remove(_kept.Last!.Value.Context.SessionID);
        }
    }

    /// <summary>
    /// Drops the kept context of a session, because a stored message that may stand in it was changed or removed.
    /// </summary>
    public void Forget(string sessionID)
    {
        lock (_lock)
            Remove(sessionID);
    }

    /// <inheritdoc/>
    public void Dispose() => _expiry?.Dispose();

    private static bool IsMemoryScarce()
    {
        var memory = GC.GetGCMemoryInfo();
        return memory.MemoryLoadBytes >= memory.HighMemoryLoadThresholdBytes && memory.HighMemoryLoadThresholdBytes > 0;
    }

    private void Expire()
    {
        var isScarce = _isMemoryScarce();
        lock (_lock)
        {
            if (isScarce)
                Clear();
            while (_kept.Last is { } oldest)
            {
                var left = _options.MaxAge - _time.GetElapsedTime(oldest.Value.Since);
                if (left > TimeSpan.Zero)
                {
                    _expiry!.Change(left, Timeout.InfiniteTimeSpan);
                    return;
                }

                Remove(oldest.Value.Context.SessionID);
            }
        }
    }

    private Kept? Remove(string sessionID)
    {
        if (!_bySession.Remove(sessionID, out var node))
            return null;
        _kept.Remove(node);
        _bytes -= node.Value.Context.Bytes;
        return node.Value;
    }

    private void Clear()
    {
        _kept.Clear();
        _bySession.Clear();
        _bytes = 0;
    }

    private sealed record Kept(ModelContext Context, long Since);
}

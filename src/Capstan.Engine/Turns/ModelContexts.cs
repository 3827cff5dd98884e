using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>The histories of sessions as models see them, kept between turns: a turn reads only what has been added since the last.</summary>
/// <remarks>
/// <code>
///   turn begins ──► taken out, or made ──► steps read on ──► turn ends ──► kept, if it is sound
///                                                             │ the oldest go beyond the limit; all where memory is scarce;
///                                                             │ each some time after its last turn
/// </code>
/// Invariant: what a model has been shown is only ever added to. Whoever changes or removes a message that stands in the context has to
/// <see cref="Forget"/> its session. A turn that fails by a bug, or lost a write, keeps nothing.
/// </remarks>
internal sealed class ModelContexts : IDisposable
{
    private readonly IStore _store;
    private readonly ContextOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<bool> _isMemoryScarce;
    private readonly ITimer? _expiry;
    private readonly Lock _lock = new();
    // The first is the one that was used last.
    private readonly LinkedList<Kept> _kept = new();
    private readonly Dictionary<string, LinkedListNode<Kept>> _bySession = new(StringComparer.Ordinal);
    private long _bytes;

    /// <param name="store">Where histories are read.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="time">The clock of its age.</param>
    /// <param name="isMemoryScarce">Whether nothing more is to be kept; default: what the runtime says of machine and container.</param>
    public ModelContexts(IStore store, ContextOptions options, TimeProvider time, Func<bool>? isMemoryScarce = null)
    {
        (_store, _options, _time) = (store, options, time);
        _isMemoryScarce = isMemoryScarce ?? IsMemoryScarce;
        if (options.MaxAge != Timeout.InfiniteTimeSpan)
            _expiry = time.CreateTimer(static self => ((ModelContexts)self!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The bytes that are kept.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock)
                return _bytes;
        }
    }

    /// <summary>The context of a session, for the one turn that runs in it.</summary>
    public ModelContext Take(string sessionID)
    {
        lock (_lock)
            return Remove(sessionID)?.Context ?? new ModelContext(_store, sessionID);
    }

    /// <summary>The turn is done with it.</summary>
    public void Keep(ModelContext context)
    {
        if (context.Bytes > _options.MaxBytes)
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

    /// <summary>What models have been shown of a session is not what is stored of it any more.</summary>
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

namespace Capstan.Testing.Time;

/// <summary>A clock that stands still until it is told to move. Timers fire on the caller of <see cref="Advance"/>, oldest first.</summary>
public sealed class SimulatedTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Timer, (long Due, long Order)> _timers = new();
    private long _now = start.UtcTicks;
    private long _elapsed;
    private long _order;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How long it is until the next timer fires; null where none is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_lock)
            {
                while (_timers.TryPeek(out var timer, out var due))
                {
                    if (timer.IsDueAt(due))
                        return TimeSpan.FromTicks(Math.Max(0, due.Due - _elapsed));
                    _timers.Dequeue();
                }

                return null;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _now), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _elapsed);

    /// <summary>Lets time pass.</summary>
    public void Advance(TimeSpan by)
    {
        var end = _elapsed + by.Ticks;
        while (true)
        {
            Timer? fired = null;
            lock (_lock)
            {
                if (_timers.TryPeek(out var timer, out var due) && due.Due <= end)
                {
                    _timers.Dequeue();
                    if (!timer.IsDueAt(due))
                        continue;
                    Pass(Math.Max(0, due.Due - _elapsed));
                    timer.Rearm();
                    fired = timer;
                }
                else
                {
                    Pass(end - _elapsed);
                }
            }

            if (fired is null)
                return;
            fired.Fire();
        }
    }

    /// <summary>Sets the wall clock back or forth, as an administrator or a time server does; timers do not notice.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Pass(long ticks)
    {
        _elapsed += ticks;
        _now += ticks;
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private (long Due, long Order)? _due;
        private TimeSpan _period = global::System.Threading.Timeout.InfiniteTimeSpan;

        public bool IsDueAt((long Due, long Order) due) => _due == due;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                _period = period;
                Set(dueTime);
                return true;
            }
        }

        public void Rearm() => Set(_period > TimeSpan.Zero ? _period : global::System.Threading.Timeout.InfiniteTimeSpan);

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._lock)
                _due = null;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(TimeSpan dueTime)
        {
            _due = null;
            if (dueTime < TimeSpan.Zero)
                return;
            _due = (time._elapsed + dueTime.Ticks, ++time._order);
            time._timers.Enqueue(this, _due.Value);
        }
    }
}

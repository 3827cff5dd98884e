namespace Capstan.Testing.Time;

/// <summary>
/// A clock that stands still until a test moves it. A test that wants to skip a wait first awaits the sign that the wait has begun
/// (<see cref="TimerAsync"/>): moved too early, the clock would be ahead of a timer that is yet to be made.
/// </summary>
/// <remarks>Timers fire on the thread that moves the clock, one after another, in the order in which they are due.</remarks>
public sealed class FakeTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private readonly List<(Func<DateTimeOffset, bool> Matches, TaskCompletionSource<DateTimeOffset> Found)> _waiting = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes with the instant at which a timer is due, once there is one that matches.</summary>
    public Task<DateTimeOffset> TimerAsync(Func<DateTimeOffset, bool> matches, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            foreach (var timer in _timers)
            {
                if (timer.Due is { } due && matches(due))
                    return Task.FromResult(due);
            }

            var found = new TaskCompletionSource<DateTimeOffset>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }
    }

    /// <summary>Waits until something is to happen at an instant, give or take a millisecond, and moves the clock there.</summary>
    public async Task PassAsync(DateTimeOffset instant, CancellationToken cancellationToken = default)
    {
        var due = await TimerAsync(due => (due - instant).Duration() <= TimeSpan.FromMilliseconds(1), cancellationToken);
        AdvanceTo(due);
    }

    /// <summary>Moves the clock by a span; timers that fall due on the way fire.</summary>
    public void Advance(TimeSpan span) => AdvanceTo(GetUtcNow() + span);

    /// <summary>Moves the clock to an instant; timers that fall due on the way fire.</summary>
    public void AdvanceTo(DateTimeOffset instant)
    {
        while (true)
        {
            FakeTimer? next = null;
            lock (_lock)
            {
                foreach (var timer in _timers)
                {
                    if (timer.Due <= instant && (next is null || timer.Due < next.Due))
                        next = timer;
                }

                if (next is null)
                {
                    _now = instant > _now ? instant : _now;
                    return;
                }

                _now = next.Due > _now ? next.Due.Value : _now;
                next.Due = next.Period > TimeSpan.Zero ? _now + next.Period : null;
            }

            next.Callback(next.State);
        }
    }

    private void Set(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                timer.Due = null;
                return;
            }

            timer.Due = _now + dueTime;
            timer.Period = period;
            _timers.Add(timer);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (!_waiting[i].Matches(timer.Due.Value))
                    continue;
                _waiting[i].Found.TrySetResult(timer.Due.Value);
                _waiting.RemoveAt(i);
            }
        }
    }

    private void Remove(FakeTimer timer)
    {
        lock (_lock)
        {
            timer.Due = null;
            _timers.Remove(timer);
        }
    }

    private sealed class FakeTimer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimerCallback Callback => callback;

        public object? State => state;

        public DateTimeOffset? Due { get; set; }

        public TimeSpan Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => time.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

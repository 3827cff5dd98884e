using Capstan.Engine.Turns;
using Capstan.Testing.Time;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>A session whose work fails in the engine, or whose store does, is looked after as long as the server runs (R1, R3, R7).</summary>
public sealed class SessionRunnerTests
{
    private readonly FakeTime _time = new();
    private readonly FailureLog _log = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R7_Work_that_fails_is_tried_again_for_ever_after_pauses_that_grow_to_half_a_minute()
    {
        var looks = 0;
        var runners = Create(_ => ++looks <= 12 ? throw new IOException("The disk is full.") : Task.FromResult(false));

        runners.Signal("ses_1");
        for (var failures = 1; failures <= 12; failures++)
        {
            var now = _time.GetUtcNow();
            var next = await _time.TimerAsync(due => due > now, Cancelled);
            Assert.Equal(failures, looks);
            var most = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, failures - 1)));
            Assert.InRange(next - now, most * 0.75, most);
            // Each failure is logged once, with the time of the next try.
            Assert.Equal(failures, _log.Lines.Count);
            Assert.Contains($"({failures} in a row); it is tried again at {next:O}", _log.Lines[^1], StringComparison.Ordinal);
            _time.AdvanceTo(next);
        }

        await runners.DrainAsync();
        Assert.Equal(13, looks);
        Assert.Null(runners.FindTurn("ses_1"));
    }

    [Fact]
    public async Task R3_A_signal_ends_the_pause()
    {
        var looks = 0;
        var runners = Create(_ => ++looks == 1 ? throw new IOException("The disk is full.") : Task.FromResult(false));
        runners.Signal("ses_1");
        await _time.TimerAsync(static _ => true, Cancelled);

        runners.Signal("ses_1");

        await runners.DrainAsync().WaitAsync(Cancelled);
        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task A_stop_ends_the_pause_and_nothing_is_tried_after_it()
    {
        var looks = 0;
        var runners = Create(_ =>
        {
            looks++;
            throw new IOException("The disk is full.");
        });
        runners.Signal("ses_1");
        await _time.TimerAsync(static _ => true, Cancelled);

        runners.Stop();

        await runners.DrainAsync().WaitAsync(Cancelled);
        Assert.Equal(1, looks);
    }

    [Fact]
    public async Task R1_An_abort_ends_the_pause_once_and_is_confirmed_only_when_the_turn_has_ended()
    {
        var looks = 0;
        var isMended = false;
        var aborted = new List<bool>();
        var runners = Create(turn =>
        {
            looks++;
            aborted.Add(turn.Aborted.IsCancellationRequested);
            return isMended ? Task.FromResult(false) : throw new IOException("The disk is full.");
        });
        runners.Signal("ses_1");
        var first = await _time.TimerAsync(static _ => true, Cancelled);

        var abort = runners.AbortAsync("ses_1");
        // The look that the abort has hurried fails, too: the second pause is as long as any, and the abort is not forgotten.
        await Assert.ThrowsAsync<TurnNotEndedException>(() => abort.WaitAsync(Cancelled));
        var second = await _time.TimerAsync(due => due > first, Cancelled);
        Assert.Equal(2, looks);
        isMended = true;
        abort = runners.AbortAsync("ses_1");
        Assert.False(abort.IsCompleted);
        _time.AdvanceTo(second);

        await abort.WaitAsync(Cancelled);
        Assert.Equal([false, true, true], aborted);
    }

    [Fact]
    public async Task R1_An_abort_that_a_stop_has_overtaken_is_not_confirmed()
    {
        var runners = Create(static _ => throw new IOException("The disk is full."));
        runners.Signal("ses_1");
        var first = await _time.TimerAsync(static _ => true, Cancelled);
        await Assert.ThrowsAsync<TurnNotEndedException>(() => runners.AbortAsync("ses_1").WaitAsync(Cancelled));
        await _time.TimerAsync(due => due > first, Cancelled);
        var abort = runners.AbortAsync("ses_1");

        runners.Stop();

        await Assert.ThrowsAsync<TurnNotEndedException>(() => abort.WaitAsync(Cancelled));
        await runners.DrainAsync();
    }

    private SessionRunners Create(Func<TurnHandle, Task<bool>> look) =>
        new(sessionID => new SessionRunner(sessionID, look, _time, _log, new Random(1).NextDouble));

    private sealed class FailureLog : ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Error)
                return;
            lock (_lines)
                _lines.Add(formatter(state, exception));
        }
    }
}

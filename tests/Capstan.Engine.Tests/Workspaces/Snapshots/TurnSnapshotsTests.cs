using Capstan.Engine.Telemetry;
using Capstan.Engine.Workspaces.Snapshots;
using Capstan.Testing.Servers;
using Capstan.Testing.Time;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces.Snapshots;

/// <summary>A turn does not wait for its snapshots beyond its patience. Looks are held up by somebody else who has the repository.</summary>
public sealed class TurnSnapshotsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SnapshotSandbox _sandbox = new();
    private readonly FakeTime _time = new();
    private readonly LogRecorder _log = new();
    private readonly SnapshotRepository _repository;
    private readonly TaskCompletionSource _release = new();
    private Task<bool>? _held;

    public TurnSnapshotsTests() => _repository = _sandbox.Open(_time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_turn_waits_for_the_tree_before_it_as_long_as_it_may_and_then_has_no_snapshots()
    {
        var turn = Begin();
        Hold();
        turn.Begin("msg_1", Cancel);
        var before = turn.BeforeAsync().AsTask();
        await LookingAsync();

        _time.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(before.IsCompleted);
        Assert.Empty(_log.Lines);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await before);
        Assert.Equal(new StepChange(null, null, []).ToString(), (await turn.EndAsync(mayHaveChanged: true, Cancel)).ToString());
        turn.Begin("msg_1", Cancel);
        Assert.Null(await turn.BeforeAsync());
        turn.Begin("msg_2", Cancel);
        Assert.Null(await turn.BeforeAsync());
        Assert.Null(turn.Diffs);
        Assert.Contains(
            $"Finding out what changed in the files of {_sandbox.Worktree} takes longer than 2 s.", Assert.Single(_log.Lines), StringComparison.Ordinal);
        await ReleaseAsync();
        await SettleAsync();
    }

    [Fact]
    public async Task The_look_goes_on_behind_the_turn_and_the_next_turn_has_snapshots()
    {
        var turn = Begin();
        Hold();
        turn.Begin("msg_1", Cancel);
        await LookingAsync();
        _time.Advance(Patience);
        Assert.Null(await turn.BeforeAsync());
        await ReleaseAsync();

        // Whoever asks now joins the look that is waiting; were it given up, nothing would have opened the repository.
        var next = Begin();
        next.Begin("msg_2", Cancel);
        Assert.Equal(_sandbox.ExpectedTree(), await next.BeforeAsync());
    }

    [Fact]
    public async Task A_turn_waits_for_the_tree_after_a_step_as_long_as_it_may()
    {
        var turn = Begin();
        turn.Begin("msg_1", Cancel);
        var before = Assert.IsType<string>(await turn.BeforeAsync());
        _sandbox.Write("new.txt", "new");
        Hold();
        var end = turn.EndAsync(mayHaveChanged: true, Cancel).AsTask();
        await LookingAsync();

        _time.Advance(Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(end.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var change = await end;
        Assert.Equal((before, null), (change.Before, change.After));
        Assert.Empty(change.Files);
        Assert.Single(_log.Lines);
        turn.Begin("msg_1", Cancel);
        Assert.Null(await turn.BeforeAsync());
        await ReleaseAsync();
        await SettleAsync();
    }

    private TurnSnapshots Begin()
    {
        var logger = LoggerFactory.Create(logging => logging.AddProvider(_log)).CreateLogger("test");
        return new TurnSnapshots(_repository, _sandbox.Worktree, _sandbox.Worktree, Patience, _time, logger, new NoticeBoard(logger));
    }

    private void Hold() => _held = _repository.ExclusivelyAsync(
        async _ =>
        {
            await _release.Task;
            return true;
        },
        Cancel);

    private async Task ReleaseAsync()
    {
        _release.SetResult();
        await _held!;
    }

    /// <summary>The look that went on behind the turn is over: another one comes after it.</summary>
    private Task<string> SettleAsync() => _repository.TrackAsync(_sandbox.Worktree, Cancel);

    /// <summary>The turn waits: its patience is the first timer that is due.</summary>
    private Task<DateTimeOffset> LookingAsync() => _time.TimerAsync(due => due == _time.GetUtcNow() + Patience, Cancel);
}

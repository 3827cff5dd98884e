using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Turns;
using Capstan.Testing.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>R2: an interruption stops the turn that is in its way, and never the turn that answers it.</summary>
public sealed class InterruptionTests : IAsyncDisposable
{
    private readonly CrashableStore _store = new StoreDisk().Open();
    private readonly EngineTelemetry _telemetry = new();
    private readonly SessionJournal _journal;
    private readonly TaskCompletionSource<TurnHandle> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InterruptionTests() => _journal = new SessionJournal(
        _telemetry,
        _store,
        new EventHub(new EventHubOptions(), EventCursor.Start(1)),
        TimeProvider.System,
        new IdentifierSource(TimeProvider.System, 1),
        new JournalOptions(),
        NullLogger<SessionJournal>.Instance);

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _journal.DisposeAsync();
        _telemetry.Dispose();
    }

    [Theory]
    // The turn works for other prompts.
    [InlineData(true, null, true)]
    // The turn has not looked yet: it will find the prompt.
    [InlineData(false, null, false)]
    // The turn has taken the prompt up.
    [InlineData(true, "trn_1", false)]
    public async Task R2_A_turn_is_interrupted_that_has_looked_and_has_not_taken_the_prompt_up(bool hasLooked, string? takenBy, bool isAborted)
    {
        using (var write = _store.Begin())
        {
            write.AddInbox(new WorkRow("ses_1", "msg_1", WorkKind.Prompt, 1, Delivery.Interrupt));
            if (takenBy is not null)
                write.TakeInbox("ses_1", "msg_1", takenBy);
            write.Commit();
        }

        var runners = Start(hasLooked);
        var turn = await _begun.Task;
        await new TurnControl(_store, _journal, runners).InterruptAsync("ses_1", "msg_1");
        Assert.Equal(isAborted, turn.Aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task R12_A_journal_that_has_closed_meanwhile_is_no_failure_of_the_prompt_that_was_accepted()
    {
        var runners = Start(hasLooked: true);
        var turn = await _begun.Task;
        await _journal.DisposeAsync();
        await new TurnControl(_store, _journal, runners).InterruptAsync("ses_1", "msg_1");
        Assert.False(turn.Aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task R2_A_turn_that_failed_and_is_tried_again_has_not_looked()
    {
        var runners = Start(hasLooked: true);
        var turn = await _begun.Task;
        turn.Fail();
        Assert.False(turn.HasLooked);
        Assert.Same(turn, runners.FindTurn("ses_1"));
    }

    private SessionRunners Start(bool hasLooked)
    {
        var runners = new SessionRunners(sessionID => new SessionRunner(
            sessionID,
            async turn =>
            {
                turn.HasLooked = hasLooked;
                _begun.TrySetResult(turn);
                await _end.Task;
                return false;
            },
            TimeProvider.System,
            NullLogger.Instance));
        runners.Signal("ses_1");
        return runners;
    }
}

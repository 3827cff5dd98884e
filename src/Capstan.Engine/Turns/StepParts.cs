using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Workspaces.Snapshots;

namespace Capstan.Engine.Turns;

/// <summary>
/// Grows the message of a step: the parts that the model's answer becomes. One step uses it, one call after another.
/// </summary>
internal sealed class StepParts(LeasedJournal journal, IdentifierSource identifiers, TimeProvider time, StepPlan.Run plan)
{
    private readonly List<Part> _unfinished = [];
    private GrowingText? _text;
    private GrowingText? _reasoning;
    private string? _protectedReasoning;
    private TokenUsage _tokens = TokenUsage.Zero;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Adds the <c>step-start</c> part, once the model has begun to answer.</summary>
    /// <param name="snapshot">The snapshot of the files before the step; null where it is not known.</param>
    public async ValueTask StartAsync(string? snapshot)
    {
        var start = new StepStartPart
        {
            ID = identifiers.NewPart(),
            SessionID = plan.Message.SessionID,
            MessageID = plan.Message.ID,
            Snapshot = snapshot,
        };
        _unfinished.Add(start);
        await journal.PostAsync(transaction => transaction.PutPart(start));
    }

    /// <summary>Appends text of the answer, and closes the reasoning before it.</summary>
    public async ValueTask AppendTextAsync(string delta)
    {
        await CloseReasoningAsync();
        _text ??= await OpenAsync((id, time) =>
            new TextPart { ID = id, SessionID = plan.Message.SessionID, MessageID = plan.Message.ID, Text = "", Time = time });
        await _text.AppendAsync(delta);
    }

    /// <summary>Appends reasoning of the model.</summary>
    /// <param name="delta">The new reasoning text.</param>
    /// <param name="protectedData">
    /// What the provider wants back with the reasoning; null where it says nothing. The latest that is not null counts.
    /// </param>
    public async ValueTask AppendReasoningAsync(string delta, string? protectedData)
    {
        _reasoning ??= await OpenAsync((id, time) => new ReasoningPart
        {
            ID = id,
            SessionID = plan.Message.SessionID,
            MessageID = plan.Message.ID,
            Text = "",
            Time = time,
            Metadata = ReasoningMetadata.Of(_protectedReasoning),
        });
        _protectedReasoning = protectedData ?? _protectedReasoning;
        await _reasoning.AppendAsync(delta);
    }

    /// <summary>Closes and stores the reasoning part, if one is open.</summary>
    public async ValueTask CloseReasoningAsync()
    {
        if (_reasoning is null)
            return;
        var part = _reasoning.Close(Now);
        _reasoning = null;
        _protectedReasoning = null;
        await journal.PostAsync(transaction => transaction.PutPart(part));
    }

    /// <summary>Closes and stores the parts of the answer that are open.</summary>
    public async ValueTask CloseAsync()
    {
        await CloseReasoningAsync();
        if (_text is null)
            return;
        var part = _text.Close(Now);
        _text = null;
        await journal.PostAsync(transaction => transaction.PutPart(part));
    }

    /// <summary>Removes the parts of an answer that broke off and will be asked for again.</summary>
    public async ValueTask DiscardAsync()
    {
        var parts = _unfinished.ToArray();
        _unfinished.Clear();
        _text = null;
        _reasoning = null;
        _protectedReasoning = null;
        if (parts.Length > 0)
        {
            await journal.PostAsync(transaction =>
            {
                foreach (var part in parts)
                    transaction.RemovePart(part);
            });
        }
    }

    /// <summary>Sets how many tokens the model call used.</summary>
    public void SetUsage(TokenUsage tokens) => _tokens = tokens;

    /// <summary>Ends a step that succeeded, in one transaction.</summary>
    public async ValueTask FinishAsync(string finish, StepOutcome outcome, StepChange change)
    {
        var part = new StepFinishPart
        {
            ID = identifiers.NewPart(),
            SessionID = plan.Message.SessionID,
            MessageID = plan.Message.ID,
            Reason = finish,
            Snapshot = change.After,
            Cost = TokenPrices.Price(_tokens, plan.Model.Cost),
            Tokens = _tokens,
        };
        var patch = Patch(change);
        await journal.PostAsync(transaction => StepMessage.Complete(transaction, plan.Message, part, patch, outcome));
    }

    /// <summary>Ends a step that failed or was stopped, in one transaction, with the parts that are open.</summary>
    public async ValueTask FailAsync(
        MessageError error, StepOutcome outcome, IReadOnlyList<ToolPart> interrupted, StepChange change)
    {
        var now = Now;
        var parts = new List<PartJson>();
        if (_reasoning is not null)
            parts.Add(_reasoning.Close(now));
        if (_text is not null)
            parts.Add(_text.Close(now));
        parts.AddRange(interrupted.Select(PartJson.Of));
        if (Patch(change) is { } patch)
            parts.Add(PartJson.Of(patch));
        await journal.PostAsync(transaction => StepMessage.Fail(transaction, plan.Message, error, outcome, parts));
    }

    private PatchPart? Patch(StepChange change) => change is { Before: { } before, Files.Count: > 0 }
        ? new PatchPart
        {
            ID = identifiers.NewPart(),
            SessionID = plan.Message.SessionID,
            MessageID = plan.Message.ID,
            Hash = before,
            Files = change.Files,
        }
        : null;

    private async ValueTask<GrowingText> OpenAsync(Func<string, PartTime, Part> create)
    {
        var id = identifiers.NewPart();
        var growing = new GrowingText(journal, identifiers, time, plan.Session, Now, times => create(id, times));
        var part = growing.Current;
        _unfinished.Add(part);
        await journal.PostAsync(transaction => transaction.PutPart(part));
        return growing;
    }
}

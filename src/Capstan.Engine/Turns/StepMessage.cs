using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// The assistant message of a step, from its first row to its last. It is opened, completed and failed here and nowhere else, so
/// that a message that a crash, a lost write or an error ended differs from a good one only in its error.
/// </summary>
internal static class StepMessage
{
    /// <summary>Makes the message with which a step answers a prompt. Nothing is stored yet.</summary>
    /// <param name="id">The message's identifier.</param>
    /// <param name="prompt">The prompt that the step answers.</param>
    /// <param name="path">The session's directory and the top of its checkout.</param>
    /// <param name="created">When the step began, in Unix milliseconds.</param>
    public static AssistantMessage Create(string id, UserMessage prompt, MessagePath path, long created) => new()
    {
        ID = id,
        SessionID = prompt.SessionID,
        ParentID = prompt.ID,
        Agent = prompt.Agent,
        Mode = prompt.Agent,
        ModelID = prompt.Model.ModelID,
        ProviderID = prompt.Model.ProviderID,
        Variant = prompt.Model.Variant,
        Path = path,
        Time = new MessageTime(created, null),
    };

    /// <summary>Stores the message of a step that begins: <c>message.updated</c>.</summary>
    public static void Open(JournalTransaction transaction, AssistantMessage message) => transaction.AddMessage(message);

    /// <summary>
    /// Stores the message of a step that cannot begin, already closed: <c>session.error</c>, <c>message.updated</c>.
    /// </summary>
    public static void Refuse(JournalTransaction transaction, AssistantMessage message, MessageError error)
    {
        transaction.ReportError(message.SessionID, error);
        transaction.AddMessage(Failed(message, error, message.Time.Created));
    }

    /// <summary>
    /// Completes the message of a step that succeeded, in this order: <c>step-finish</c>, the message, the files that changed, the
    /// message completed. What the step cost is added to the session.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="message">The message as it was opened.</param>
    /// <param name="end">Why the model stopped, and what its answer cost.</param>
    /// <param name="patch">The files that the step changed; null where it changed none.</param>
    /// <param name="outcome">How the step ended.</param>
    public static void Complete(
        JournalTransaction transaction, AssistantMessage message, StepFinishPart end, PatchPart? patch, StepOutcome outcome)
    {
        var finished = message with { Finish = end.Reason, Cost = TokenPrices.Add(message.Cost, end.Cost), Tokens = end.Tokens };
        transaction.PutPart(end);
        transaction.UpdateMessage(finished);
        transaction.AmendSession(message.SessionID, session => session with
        {
            Cost = TokenPrices.Add(session.Cost, end.Cost),
            Tokens = session.Tokens.Add(end.Tokens),
        });
        if (patch is not null)
            transaction.PutPart(patch);
        transaction.EndStep(finished with { Time = finished.Time with { Completed = transaction.Now } }, outcome);
    }

    /// <summary>
    /// Closes the message of a step that failed or was stopped, in this order: the error is reported, what was open is closed, the
    /// message is completed.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="message">The message as it was opened.</param>
    /// <param name="error">Why the step ended.</param>
    /// <param name="outcome">How the step ended, from which the turn goes on.</param>
    /// <param name="parts">The parts that were open, closed.</param>
    public static void Fail(
        JournalTransaction transaction, AssistantMessage message, MessageError error, StepOutcome outcome, IEnumerable<PartJson> parts)
    {
        transaction.ReportError(message.SessionID, error);
        foreach (var part in parts)
            transaction.PutPart(part);
        Close(transaction, message, error, outcome);
    }

    /// <summary>
    /// Closes the message of a step that its process left open. No <c>session.error</c> is reported, because the turn goes on with
    /// another step.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="message">The message as it was stored.</param>
    /// <param name="reason">Why the step ended.</param>
    public static void Interrupt(JournalTransaction transaction, AssistantMessage message, string reason) => Close(
        transaction,
        message,
        new MessageError(MessageError.Aborted().Name, new MessageErrorData
        {
            Message = reason,
            Metadata = new Dictionary<string, string> { ["interrupted"] = "server" },
        }),
        StepOutcome.Continue);

    private static void Close(JournalTransaction transaction, AssistantMessage message, MessageError error, StepOutcome outcome) =>
        transaction.EndStep(Failed(message, error, transaction.Now), outcome);

    // A message that lost writes may have been completed before: that time stays.
    private static AssistantMessage Failed(AssistantMessage message, MessageError error, long now) => message with
    {
        Error = error,
        Time = message.Time with { Completed = message.Time.Completed ?? now },
    };
}

using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// Closes what a dead process left open in a session: afterwards no message is open, no tool call runs, and every provider
/// accepts the history. A tool call is left running only if it has asked for a permission and has not begun to take effect: it
/// can still get its answer and go on.
/// </summary>
internal static class InterruptedWork
{
    private const string Reason = "The server stopped while this was running.";

    /// <summary>
    /// Closes the open messages of a session and their open parts, apart from calls that have asked for a permission and not
    /// begun to take effect.
    /// </summary>
    /// <returns>
    /// The message that stays open, and those of its calls that have asked for a permission; null where no message stays open.
    /// </returns>
    public static (AssistantMessage Message, IReadOnlyList<ToolPart> Waiting)? Close(JournalTransaction transaction, string sessionID)
    {
        (AssistantMessage, IReadOnlyList<ToolPart>)? standing = null;
        var open = transaction.Rows.FindOpenMessages(sessionID);
        if (open.Count == 0)
            return null;
        // A call that was held up because it repeats itself is not resumed: a resumed call is not checked for repetition again,
        // so it would run without an answer to that question.
        var requests = transaction.Rows.FindPermissions(sessionID)
            .Select(static row => row.Read())
            .Where(static request => request.Permission != ToolCall.DoomLoopPermission)
            .Select(static request => request.Tool)
            .ToList();
        foreach (var row in open)
        {
            var message = (AssistantMessage)row.ReadInfo();
            var parts = row.ReadParts();
            var waiting = parts.OfType<ToolPart>()
                .Where(part => part.State is ToolState.Running
                    && requests.Contains(new PermissionTool(message.ID, part.CallID))
                    && !transaction.Rows.HasEffect(sessionID, part.ID))
                .ToList();
            foreach (var part in parts)
            {
                if (!waiting.Contains(part) && Close(transaction, part) is { } closed)
                    transaction.PutPart(closed);
            }

            if (waiting.Count > 0)
                standing = (message, waiting);
            else
                StepMessage.Interrupt(transaction, message, Reason);
        }

        return standing;
    }

    /// <summary>
    /// Gives up prompts whose turn was resumed more than <paramref name="maxResumptions"/> times: a prompt whose turn takes the
    /// server down must not do so at every start.
    /// </summary>
    /// <returns>The inbox without the prompts that were given up.</returns>
    public static IReadOnlyList<WorkRow> GiveUp(JournalTransaction transaction, IReadOnlyList<WorkRow> inbox, int maxResumptions)
    {
        var lost = inbox.Where(row => row.TurnID is not null && row.Resumptions > maxResumptions).ToList();
        foreach (var prompt in lost)
        {
            transaction.ReportError(prompt.SessionID, MessageError.Unknown(
                $"The server stopped {prompt.Resumptions} times while it answered {prompt.ID}; it was given up."));
            transaction.Rows.RemoveInbox(prompt.SessionID, prompt.ID);
            foreach (var request in transaction.Rows.FindPermissions(prompt.SessionID))
            {
                transaction.SettlePermission(prompt.SessionID, request.ID, new PermissionAnswer(PermissionReply.Reject));
                transaction.Rows.RemovePermission(prompt.SessionID, request.ID);
            }
        }

        return lost.Count == 0 ? inbox : [.. inbox.Except(lost)];
    }

    /// <summary>
    /// Closes the stored message of a turn that lost some of its writes: open parts are closed, and the message ends with an
    /// error that gives the reason; or, where the store could not be reached, as if the process had died. Where
    /// <paramref name="messageID"/> is null, it is the session's newest assistant message.
    /// </summary>
    /// <returns>How the step of that message ended.</returns>
    public static StepOutcome Mend(JournalTransaction transaction, string sessionID, string? messageID, LostWrites.Loss lost)
    {
        var row = messageID is null ? transaction.FindLastAnswer(sessionID) : transaction.Rows.FindMessage(messageID);
        if (row?.ReadInfo() is not AssistantMessage message)
            return StepOutcome.Failed;
        var closed = row.ReadParts().Select(part => Close(transaction, part)).OfType<Part>().Select(PartJson.Of).ToList();
        if (lost.IsAway)
        {
            foreach (var part in closed)
                transaction.PutPart(part);
            StepMessage.Interrupt(transaction, message, Reason);
            return StepOutcome.Continue;
        }

        var error = MessageError.Unknown($"The store failed while this was written, so some of it may be missing: {lost.Reason}");
        StepMessage.Fail(transaction, message, error, StepOutcome.Failed, closed);
        return StepOutcome.Failed;
    }

    private static Part? Close(JournalTransaction transaction, Part part)
    {
        var now = transaction.Now;
        return part switch
        {
            TextPart { Time: { End: null } time } text => text with { Time = time with { End = now } },
            ReasoningPart { Time: { End: null } time } reasoning => reasoning with { Time = time with { End = now } },
            ToolPart { State: ToolState.Pending or ToolState.Running } tool => tool with
            {
                State = ToolCall.Interrupted(tool.State, $"{Reason} {Outcome(transaction, tool)}", now),
            },
            _ => null,
        };
    }

    private static string Outcome(JournalTransaction transaction, ToolPart tool) => transaction.Rows.HasEffect(tool.SessionID, tool.ID)
        ? "It had begun to take effect; whether it did is not known. Look before you repeat it."
        : "It had not taken effect.";
}

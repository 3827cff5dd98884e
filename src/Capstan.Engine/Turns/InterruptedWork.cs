using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// What a process that died left open in a session is closed in words: no open message, no running tool, a history that every
/// provider takes. Only calls that wait for a person stay: nothing of them has run, and the answer may still come.
/// </summary>
internal static class InterruptedWork
{
    private const string Reason = "The server stopped while this was running.";

    /// <summary>Closes what is open.</summary>
    /// <returns>The message whose calls wait for permissions and those calls, if there is one.</returns>
    public static (AssistantMessage Message, IReadOnlyList<ToolPart> Waiting)? Close(JournalTransaction transaction, string sessionID)
    {
        (AssistantMessage, IReadOnlyList<ToolPart>)? standing = null;
        var open = transaction.Rows.FindOpenMessages(sessionID);
        if (open.Count == 0)
            return null;
        // A call that was stopped because it repeats itself is not taken up again: it would go on without that question.
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
                    && !transaction.Rows.HasEffect(part.ID))
                .ToList();
            foreach (var part in parts)
            {
                if (!waiting.Contains(part) && Close(transaction, part) is { } closed)
                    transaction.PutPart(closed);
            }

            if (waiting.Count > 0)
                standing = (message, waiting);
            else
                Close(transaction, message);
        }

        return standing;
    }

    /// <summary>Gives up prompts whose turn was resumed too often: one that takes the server down with it must not do so for ever.</summary>
    /// <returns>What is left of the inbox.</returns>
    public static IReadOnlyList<InboxRow> GiveUp(JournalTransaction transaction, IReadOnlyList<InboxRow> inbox, int maxResumptions)
    {
        var lost = inbox.Where(row => row.TurnID is not null && row.Resumptions > maxResumptions).ToList();
        foreach (var prompt in lost)
        {
            transaction.ReportError(prompt.SessionID, MessageError.Unknown(
                $"The server stopped {prompt.Resumptions} times while it answered {prompt.MessageID}; it was given up."));
            transaction.Rows.RemoveInbox(prompt.SessionID, prompt.MessageID);
            foreach (var request in transaction.Rows.FindPermissions(prompt.SessionID))
            {
                transaction.SettlePermission(prompt.SessionID, request.ID, new PermissionAnswer(PermissionReply.Reject));
                transaction.Rows.RemovePermission(request.ID);
            }
        }

        return lost.Count == 0 ? inbox : [.. inbox.Except(lost)];
    }

    /// <summary>
    /// Closes the last message of a turn that has lost some of its writes: what is stored of it is put in order and says so.
    /// </summary>
    public static void Mend(JournalTransaction transaction, string sessionID, string? messageID, string reason)
    {
        var row = messageID is null ? transaction.FindLastAnswer(sessionID) : transaction.Rows.FindMessage(messageID);
        if (row?.ReadInfo() is not AssistantMessage message)
            return;
        foreach (var part in row.ReadParts())
        {
            if (Close(transaction, part) is { } closed)
                transaction.PutPart(closed);
        }

        var error = MessageError.Unknown($"The store failed while this was written, so some of it may be missing: {reason}");
        transaction.ReportError(sessionID, error);
        transaction.EndStep(
            message with
            {
                Error = error,
                Time = message.Time with { Completed = message.Time.Completed ?? transaction.Now },
            },
            StepOutcome.Failed);
    }

    private static void Close(JournalTransaction transaction, AssistantMessage message) => transaction.EndStep(
        message with
        {
            Error = new MessageError(MessageError.Aborted().Name, new MessageErrorData
            {
                Message = Reason,
                Metadata = new Dictionary<string, string> { ["interrupted"] = "server" },
            }),
            Time = message.Time with { Completed = transaction.Now },
        },
        // Nobody stopped the turn; it goes on.
        StepOutcome.Continue);

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

    private static string Outcome(JournalTransaction transaction, ToolPart tool) => transaction.Rows.HasEffect(tool.ID)
        ? "It had begun to take effect; whether it did is not known. Look before you repeat it."
        : "It had not taken effect.";
}

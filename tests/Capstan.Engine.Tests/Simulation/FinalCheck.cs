using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Turns;
using Capstan.Testing.Stores;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>What must be true once a history has come to rest.</summary>
internal static class FinalCheck
{
    public static void Check(World world)
    {
        var state = world.Disk.Committed;
        CheckNumbers(world, state);
        var replay = EventReplay.Of(world, state);
        CheckPrompts(world, state, replay);
        CheckInbox(world, state, replay);
        foreach (var session in state.Sessions.Values)
            CheckSession(world, state, replay, session);
        CheckCalls(world, replay);
        CheckReaders(world, state);
        foreach (var session in state.Sessions.Values)
        {
            if (session.Info.ParentID is { } parentID && !state.Sessions.ContainsKey(parentID))
                world.Violate($"{session.Info.ID} is a child of {parentID}, which is gone");
        }

        foreach (var id in world.Deleted)
        {
            if (state.Sessions.ContainsKey(id) || state.Messages.Values.Any(message => message.Row.SessionID == id))
                world.Violate($"{id} was deleted and is still there");
        }
    }

    private static void CheckNumbers(World world, StoreState state)
    {
        var next = new Dictionary<string, long>();
        var place = EventCursor.Start(state.Lanes.Length);
        foreach (var published in state.Events)
        {
            place = place.With(published.Lane, place[published.Lane] + 1);
            if (published.Sequence != place[published.Lane])
                world.Violate($"R5: event {published.Sequence} of lane {published.Lane} stands in place {place}");
            var expected = next.GetValueOrDefault(published.SessionID!);
            if (published.SessionSequence != expected)
                world.Violate($"R5: event {published.SessionSequence} of {published.SessionID} stands in place {expected}");
            next[published.SessionID!] = expected + 1;
        }

        foreach (var session in state.Sessions.Values)
        {
            if (session.EventCount != next.GetValueOrDefault(session.Info.ID))
                world.Violate($"R5: {session.Info.ID} counts {session.EventCount} events and has {next.GetValueOrDefault(session.Info.ID)}");
        }
    }

    private static void CheckPrompts(World world, StoreState state, EventReplay replay)
    {
        var gone = state.Events.Where(static e => e.Type == EventType.SessionDeleted).Select(static e => e.SessionID).ToHashSet();
        foreach (var prompt in world.Prompts)
        {
            if (prompt.MessageID is not null && replay.Removed.Contains(prompt.MessageID))
                continue;
            var said = world.Prompts.FindAll(other => other.Text == prompt.Text);
            var mayBeStored = said.Exists(static other => other.Outcome is SentPrompt.Answer.Accepted or SentPrompt.Answer.None);
            var stored = state.Messages.Values.Where(message => TextOf(message) == prompt.Text).ToList();
            if (stored.Count > 1)
                world.Violate($"R2: {prompt.Text} is stored {stored.Count} times");
            if (stored.Count > 0 && !mayBeStored)
                world.Violate($"R12: {prompt.Text} was {prompt.Outcome} and is stored");
            if (prompt.Outcome == SentPrompt.Answer.Accepted && !gone.Contains(prompt.SessionID)
                && (stored.Count != 1 || stored[0].Row.ID != prompt.MessageID))
            {
                world.Violate($"R1: {prompt.Text} was accepted as {prompt.MessageID} and is not stored");
            }

            if (prompt is { Server.Process.IsAlive: true, Turn: { IsCompletedSuccessfully: true, Result: var result } }
                && !gone.Contains(prompt.SessionID)
                && (result.MessageID is null || !state.Messages.ContainsKey(result.MessageID)))
            {
                world.Violate($"R5: the turn of {prompt.MessageID} ended with {result.MessageID ?? "nothing"}, which is not there");
            }
        }
    }

    /// <summary>Every prompt goes through the inbox once: added, taken up by one turn, done with.</summary>
    private static void CheckInbox(World world, StoreState state, EventReplay replay)
    {
        var injections = world.Prompts.Where(static prompt => prompt.IsInjection).Select(static prompt => prompt.MessageID).ToHashSet();
        foreach (var prompt in state.InboxLog.GroupBy(static change => change.MessageID))
        {
            var steps = string.Join(", ", prompt.Select(static change => change.Kind));
            var isWithdrawn = replay.Removed.Contains(prompt.Key);
            // What was taken back may be sent again.
            while (isWithdrawn && steps.StartsWith("Added, Removed, ", StringComparison.Ordinal))
                steps = steps["Added, Removed, ".Length..];
            if (!(isWithdrawn && steps == "Added, Removed")
                && steps is not ("Added, Taken, Removed" or "Added, Taken, Deleted" or "Added, Deleted"))
                world.Violate($"R2: {prompt.Key} went through the inbox as: {steps}");
            if (injections.Contains(prompt.Key))
                world.Violate($"{prompt.Key} is an injection and was in the inbox");
        }

        foreach (var message in state.Messages.Values)
        {
            if (message.Row.ReadInfo() is UserMessage && !injections.Contains(message.Row.ID)
                && world.Prompts.Exists(prompt => prompt.MessageID == message.Row.ID)
                && !state.InboxLog.Any(change => change.MessageID == message.Row.ID && change.Kind == InboxChangeKind.Removed))
            {
                world.Violate($"R2: {message.Row.ID} was never answered");
            }
        }
    }

    private static void CheckSession(World world, StoreState state, EventReplay replay, SessionRow session)
    {
        var id = session.Info.ID;
        if (replay.Status.GetValueOrDefault(id, SessionStatus.IsIdle) != session.Status)
            world.Violate($"R8: {id} is {session.Status} and its last event says {replay.Status.GetValueOrDefault(id)}");
        var seen = false;
        foreach (var row in state.MessagesOf(id).OrderByDescending(static row => row.Context))
        {
            var info = row.ReadInfo();
            if (info is AssistantMessage { Time.Completed: null })
                world.Violate($"R7: {row.ID} is open");
            // Whatever stands before an answer was in the request for it.
            seen |= info is AssistantMessage { Error: null, Finish: not null };
            if (info is UserMessage && seen && !row.ReadParts().OfType<TextPart>().All(part => world.SeenByModel.Contains(part.Text)))
                world.Violate($"R2: {row.ID} was answered, but no model has seen it");
            // A model that is asked anew after its calls ran would have them run twice.
            if (row.ReadParts().OfType<ToolPart>().Select(part => world.AnswerOf[part.CallID]).Distinct().Count() > 1)
                world.Violate($"{row.ID} holds calls of more than one answer");
            foreach (var part in row.ReadParts())
            {
                if (part is ToolPart { State: ToolState.Pending or ToolState.Running } tool)
                    world.Violate($"R7: the call {tool.CallID} of {row.ID} is {tool.State.GetType().Name}");
                if (part is TextPart { Time: { End: null } } && info is AssistantMessage)
                    world.Violate($"R7: the text {part.ID} of {row.ID} has no end");
            }

            replay.Compare(world, row);
        }

        CheckOutcomes(world, state, id);
    }

    /// <summary>A turn goes on after a step that said so, and after no other: not after one that a person refused, whoever died then.</summary>
    private static void CheckOutcomes(World world, StoreState state, string sessionID)
    {
        var steps = state.MessagesOf(sessionID).Select(static row => (Row: row, Info: row.ReadInfo() as AssistantMessage))
            .Where(static step => step.Info is not null)
            .OrderBy(static step => step.Row.Context);
        foreach (var answer in steps.GroupBy(static step => step.Info!.ParentID))
        {
            foreach (var (row, _) in answer.SkipLast(1))
            {
                if (row.Outcome != StepOutcome.Continue)
                    world.Violate($"R7: the turn of {answer.Key} went on after {row.ID}, which ended as {row.Outcome?.ToString() ?? "nothing"}");
            }
        }
    }

    private static void CheckCalls(World world, EventReplay replay)
    {
        foreach (var (callID, (count, what)) in world.Runs)
        {
            if (count > 1)
                world.Violate($"{callID} had its effect {count} times");
            if (!replay.Asked.TryGetValue(callID, out var requestID))
                continue;
            var reply = replay.Replies.GetValueOrDefault(requestID);
            if (reply is not (PermissionReply.Once or PermissionReply.Always))
                world.Violate($"R10: {callID} ({what}) ran although {requestID} was answered {reply?.ToString() ?? "never"}");
        }

        foreach (var twice in world.Answered.GroupBy(static id => id).Where(static group => group.Count() > 1))
            world.Violate($"R10: {twice.Key} was answered {twice.Count()} times");
    }

    private static void CheckReaders(World world, StoreState state)
    {
        foreach (var reader in world.Readers)
        {
            if (reader.Position != state.Newest)
                world.Violate($"R6: a reader stands at {reader.Position} of {state.Newest}");
        }
    }

    private static string? TextOf(StoredMessage message) =>
        message.Row.ReadInfo() is UserMessage ? message.WithParts().ReadParts().OfType<TextPart>().FirstOrDefault()?.Text : null;
}

using Capstan.Contract;
using Capstan.Testing.Stores;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>What must be true after every commit, whatever happens next: a crash may come at that very moment.</summary>
internal static class CommitCheck
{
    public static void Check(World world, StoreState before, StoreState after)
    {
        foreach (var (id, session) in after.Sessions)
        {
            if (session.Status is not SessionStatus.Idle)
                continue;
            if (after.InboxOf(id).FirstOrDefault() is { } row)
                world.Violate($"R3: {id} is idle while {row.ID} is in its inbox");
            if (session.Lease.Owner is { } owner)
                world.Violate($"{id} is idle while {owner} holds its lease");
            if (after.Messages.Values.FirstOrDefault(message => message.IsOpen && message.Row.SessionID == id) is { } open)
                world.Violate($"R7: {id} is idle while {open.Row.ID} is open");
            if (after.Permissions.Values.FirstOrDefault(request => request.SessionID == id) is { } request)
                world.Violate($"R10: {id} is idle while {request.ID} waits for an answer");
        }

        foreach (var id in world.Stolen)
        {
            if (after.Messages.Values.FirstOrDefault(message => message.Row.SessionID == id && IsWrittenByTurn(message, before)) is { } written)
                world.Violate($"R4: {written.Row.ID} was written by a turn that had lost the lease of {id}");
        }

        foreach (var request in after.Permissions.Values)
        {
            if (!after.Sessions.ContainsKey(request.SessionID))
                world.Violate($"R10: {request.ID} waits for an answer although its session is gone");
        }

        foreach (var row in after.Inbox.Values)
        {
            if (before.Inbox.TryGetValue(row.ID, out var known) && known.TurnID is not null && known.TurnID != row.TurnID)
                world.Violate($"R2: {row.ID} was taken up by {row.TurnID} after {known.TurnID}");
        }

        if (after.OrphanedParts.Count > before.OrphanedParts.Count)
            world.Violate($"the part {after.OrphanedParts[^1].PartID} was stored for a message that is not there");
    }

    private static bool IsWrittenByTurn(StoredMessage message, StoreState before) =>
        !(before.Messages.TryGetValue(message.Row.ID, out var was) && ReferenceEquals(was, message))
        && message.Row.ReadInfo() is AssistantMessage;
}

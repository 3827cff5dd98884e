using Capstan.Contract;

namespace Capstan.Engine.Events;

/// <summary>
/// Makes fewer events of those that are queued for a reader: deltas of one part become one delta, where no other event of their
/// session lies between them. Events of a session keep their order; deltas may come before events of other sessions that were
/// published earlier.
/// </summary>
internal static class DeltaFolding
{
    /// <summary>The same content in fewer events.</summary>
    public static List<PublishedEvent> Fold(IEnumerable<PublishedEvent> events)
    {
        var folded = new List<List<PublishedEvent>>();
        var lastOfSession = new Dictionary<string, List<PublishedEvent>>(StringComparer.Ordinal);
        foreach (var published in events)
        {
            if (published.Type == EventType.PartDelta
                && lastOfSession.TryGetValue(published.SessionID!, out var last)
                && last[0].Type == EventType.PartDelta
                && PartDelta.IsSamePart(last[0], published))
            {
                last.Add(published);
                continue;
            }

            List<PublishedEvent> own = [published];
            folded.Add(own);
            if (published.SessionID is { } sessionID)
                lastOfSession[sessionID] = own;
        }

        return folded.ConvertAll(static own => own.Count == 1 ? own[0] : PartDelta.Join(own));
    }
}

using Capstan.Engine.Events;

namespace Capstan.Testing.Streams;

/// <summary>What tests ask of the ids of a stream's frames, whatever the number of lanes (<see cref="EventCursor"/>).</summary>
public static class EventIds
{
    /// <summary>The event of a frame, also where the frame is the first or the second of two.</summary>
    public static EventCursor Cursor(string id)
    {
        var end = id.AsSpan().IndexOfAny('.', ':');
        return EventCursor.TryParse(end < 0 ? id : id.AsSpan(0, end), out var cursor) ? cursor : throw new FormatException($"{id} is no event's id.");
    }

    /// <summary>How many events there had been in the feed with this one: each lane numbers its own from 1.</summary>
    public static long Count(string id)
    {
        var cursor = Cursor(id);
        return Enumerable.Range(0, cursor.LaneCount).Sum(lane => cursor[lane]);
    }

    /// <summary>Where ids do not follow each other: each must be one event further than the one before, in one lane.</summary>
    public static IReadOnlyList<string> Gaps(IEnumerable<string> ids)
    {
        var all = ids.ToList();
        return [.. all.Zip(all.Skip(1)).Where(static pair => !Follows(pair.First, pair.Second)).Select(static pair => $"{pair.First}, then {pair.Second}")];
    }

    private static bool Follows(string earlier, string later) =>
        Cursor(earlier) is var from && Cursor(later) is var to && from.LaneCount == to.LaneCount && to.Reaches(from) && Count(later) == Count(earlier) + 1;
}

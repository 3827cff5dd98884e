using Capstan.Engine.Events;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Reads pages of the feed. All lanes are read in one statement, and so as of one moment, and then merged.</summary>
internal static class PostgresFeed
{
    // How many bytes end a page of events, however few events it has: one event may be as large as the longest text. Each replay
    // keeps one page in memory, and a client that does not read keeps its page there long.
    private const long LargestPage = 128 * 1024;

    // The sum over a lane counts the bytes before each event; octet_length reads the length of a long value and not the value. Each
    // lane may fill the page alone, so a lane that is cut off here has filled it before its last event is merged.
    private const string Sql =
        $"""
        SELECT {PostgresRows.EventColumns} FROM (
            SELECT page.*, sum(page.size) OVER (PARTITION BY lane ORDER BY n) - page.size AS before
            FROM unnest($1, $2, $3) AS range (number, after, up_to) CROSS JOIN LATERAL (
                SELECT event.*, octet_length(data) AS size FROM event
                WHERE event.lane = range.number AND event.n > range.after AND event.n <= range.up_to
                  AND ($4 IS NULL OR event.directory = $4)
                  AND NOT EXISTS (
                      SELECT 1 FROM deleted_session AS gone
                      WHERE gone.id = event.session_id AND gone.lane = event.lane AND event.n < gone.n)
                ORDER BY event.n LIMIT $5) AS page) AS pages
        WHERE before < $6 ORDER BY lane, n
        """;

    public static NpgsqlBatchCommand Statement(EventCursor after, EventCursor upTo, string? directory, int limit)
    {
        var lanes = Enumerable.Range(0, after.LaneCount);
        return PostgresValue.Statement(
            Sql,
            Numbers([.. lanes.Select(static lane => (long)lane)]),
            Numbers([.. lanes.Select(lane => after[lane])]),
            Numbers([.. lanes.Select(lane => upTo[lane])]),
            Text(directory),
            Number(limit),
            Number(LargestPage));
    }

    /// <summary>
    /// Merges the lanes by the events' identifiers, which the process makes in order; the order within a lane is kept whatever the
    /// clock made of them.
    /// </summary>
    /// <param name="events">The events, lane by lane.</param>
    /// <param name="limit">How many to take.</param>
    public static List<PublishedEvent> Merge(List<PublishedEvent> events, int limit)
    {
        var heads = new Queue<(int Next, int End)>();
        for (var (start, i) = (0, 1); i <= events.Count; i++)
        {
            if (i < events.Count && events[i].Lane == events[start].Lane)
                continue;
            heads.Enqueue((start, i));
            start = i;
        }

        var lanes = heads.ToArray();
        var page = new List<PublishedEvent>();
        for (var bytes = 0L; bytes < LargestPage && page.Count < limit; bytes += page[^1].Json.Length)
        {
            var first = -1;
            for (var lane = 0; lane < lanes.Length; lane++)
            {
                if (lanes[lane].Next < lanes[lane].End
                    && (first < 0 || string.CompareOrdinal(events[lanes[lane].Next].ID, events[lanes[first].Next].ID) < 0))
                {
                    first = lane;
                }
            }

            if (first < 0)
                break;
            page.Add(events[lanes[first].Next++]);
        }

        return page;
    }
}

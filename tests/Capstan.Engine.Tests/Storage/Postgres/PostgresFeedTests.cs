using System.Text;
using Capstan.Engine.Events;
using Capstan.Testing.Stores;
using Capstan.Testing.Stores.Postgres;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>Pages of a feed that several lanes write.</summary>
public sealed class PostgresFeedTests(SharedPostgres shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_hold_every_event_once_in_the_order_of_its_lane_and_of_the_identifiers(int limit)
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token, lanes: 3);
        var random = new Random(limit);
        var written = new List<(int Lane, string ID)>();
        for (var i = 0; i < 60; i++)
        {
            var lane = random.Next(3);
            using var write = store.Lanes[lane].Begin([$"ses_{lane}"]);
            for (var count = random.Next(3); count >= 0; count--)
            {
                written.Add((lane, $"evt_{written.Count:0000}"));
                write.AddEvent(
                    $"ses_{lane}", i, lane == 2 ? "/other" : "/w", "p", "type", written[^1].ID, new(Encoding.UTF8.GetBytes($"{i}")));
            }

            write.Commit();
        }

        Assert.Equal(written, await ReadAsync(null));
        Assert.Equal(written.Where(static at => at.Lane != 2), await ReadAsync("/w"));

        async Task<List<(int Lane, string ID)>> ReadAsync(string? directory)
        {
            var read = new List<(int, string)>();
            var at = EventCursor.Start(3);
            var end = new EventCursor(long.MaxValue, long.MaxValue, long.MaxValue);
            while (await store.ReadEventsAsync(at, end, directory, limit, Token) is { Count: > 0 } page)
            {
                Assert.InRange(page.Count, 1, limit);
                foreach (var published in page)
                {
                    Assert.True(published.Sequence > at[published.Lane]);
                    at = at.With(published.Lane, published.Sequence);
                    read.Add((published.Lane, published.ID));
                }
            }

            return read;
        }
    }

    [Fact]
    public async Task R9_A_page_of_a_replay_ends_after_some_bytes_and_the_next_one_goes_on()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token, lanes: 2);
        for (var lane = 0; lane < 2; lane++)
        {
            using var write = store.Lanes[lane].Begin([]);
            for (var i = 0; i < 5; i++)
                write.AddEvent($"ses_{lane}", i, $"evt_{i}{lane}", $"\"{new string('x', 50_000)}\"");
            write.Commit();
        }

        var pages = new List<int>();
        var ids = new List<string>();
        var at = EventCursor.Start(2);
        while (await store.ReadEventsAsync(at, new EventCursor(4, 5), null, 500, Token) is { Count: > 0 } page)
        {
            pages.Add(page.Count);
            foreach (var published in page)
            {
                ids.Add(published.ID);
                at = at.With(published.Lane, published.Sequence);
            }
        }

        // Two are less than 128 KiB, three are more.
        Assert.Equal([3, 3, 3], pages);
        Assert.Equal(["evt_00", "evt_01", "evt_10", "evt_11", "evt_20", "evt_21", "evt_30", "evt_31", "evt_41"], ids);
    }

    [Fact]
    public async Task Each_lane_forgets_its_own_oldest_events()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token, lanes: 2);
        for (var lane = 0; lane < 2; lane++)
        {
            using var write = store.Lanes[lane].Begin([]);
            for (var i = 1; i <= 10; i++)
                write.AddEvent($"ses_{lane}", i, $"evt_{i}", "12345");
            // By number in one lane, by bytes in the other.
            write.TrimEvents(10, lane == 0 ? 4 : 100, lane == 0 ? 1000 : 12);
            write.Commit();
        }

        Assert.Equal(new EventCursor(6, 7), await store.FindOldestCursorAsync(Token));
        Assert.Equal(7, (await store.ReadAllEventsAsync(cancellationToken: Token)).Count);
    }
}

using System.Diagnostics;
using System.Text;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Testing.Stores;
using Capstan.Testing.Stores.Postgres;
using Npgsql;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>A database that dies, and comes back or does not: each write is stored once or not at all, and is told so.</summary>
public sealed class PostgresOutageTests(ITestOutputHelper output)
{
    private const string EndAll =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_whose_connection_dies_on_its_way_is_stored_once()
    {
        // A commit that takes its time is often the instant in which the connection dies.
        var settings = new Dictionary<string, string> { ["commit_delay"] = "2000", ["commit_siblings"] = "0" };
        await using var server = await PostgresServer.StartAsync(new() { Settings = settings }, Token);
        var database = await server.CreateDatabaseAsync("torn", cancellationToken: Token);
        await using var store = PostgresStores.Open(database);
        using var stop = new CancellationTokenSource();
        var progress = new Progress();
        var writing = Task.Run(() => WriteUntil(store, stop.Token, progress: progress), Token);
        var random = new Random(1);
        await using var killer = new NpgsqlConnection($"{database.ConnectionString};Pooling=false");
        await killer.OpenAsync(Token);
        await using var kill = new NpgsqlCommand(EndAll, killer);
        for (var round = 0; round < 100; round++)
        {
            for (var last = progress.Written; progress.Written <= last;)
                await Task.Yield();
            var clock = Stopwatch.StartNew();
            for (var wait = random.Next(6_000); clock.Elapsed.TotalMicroseconds < wait;)
                await Task.Yield();
            await kill.ExecuteNonQueryAsync(Token);
        }

        await stop.CancelAsync();
        var written = await writing;

        Assert.True(written >= 100, $"{written} writes");
        var events = await store.ReadAllEventsAsync(cancellationToken: Token);
        Assert.Equal(Enumerable.Range(1, written).Select(static i => ((long)i, (long)i)), events.Select(static e => (e.Sequence, e.SessionSequence)));
        var page = await store.ReadMessagesAsync(new MessageQuery("ses_1"), Token);
        Assert.Equal(Enumerable.Range(1, written).Select(static i => $"msg_{i}"), page.Messages.Select(static row => row.ID));
        output.WriteLine($"{written} writes, {store.ResolvedCommits} of them stored although their connection had died in the commit");
        Assert.True(store.ResolvedCommits > 0, "No connection died in a commit.");
        await WaitForOwnershipAsync(database);
        Assert.Throws<StoreInUseException>(() => PostgresStores.Open(database));
    }

    [Fact]
    public async Task Writes_wait_for_a_database_that_was_killed_and_go_on_where_they_were()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Token);
        var database = await server.CreateDatabaseAsync("killed", cancellationToken: Token);
        await using var store = PostgresStores.Open(database);
        await store.ListProjectsAsync(Token);
        for (var round = 0; round < 3; round++)
        {
            using var stop = new CancellationTokenSource();
            var first = store.NewestCursor[0] + (await store.ReadAllEventsAsync(cancellationToken: Token)).Count;
            var writing = Task.Run(() => WriteUntil(store, stop.Token, (int)first), Token);
            await server.KillAsync(Token);
            // A backend outlives its postmaster for a moment, and may answer until it notices.
            while (await Record.ExceptionAsync(async () => await store.ListProjectsAsync(Token)) is not StoreUnavailableException)
                await Task.Yield();
            await server.StartAgainAsync(Token);
            var clock = Stopwatch.StartNew();
            // The pool's connections are dead, and nobody is told.
            var read = await store.ReadAllEventsAsync(cancellationToken: Token);
            while ((await store.ReadAllEventsAsync(cancellationToken: Token)).Count <= read.Count)
                await Task.Yield();
            output.WriteLine($"writing again {clock.ElapsedMilliseconds} ms after the start");
            await stop.CancelAsync();
            var written = await writing;
            Assert.Equal(
                Enumerable.Range(1, written).Select(static i => (long)i),
                (await store.ReadAllEventsAsync(cancellationToken: Token)).Select(static published => published.Sequence));
        }
    }

    [Fact]
    public async Task A_write_fails_once_the_patience_is_over_and_later_writes_work()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Token);
        var database = await server.CreateDatabaseAsync("gone", cancellationToken: Token);
        await using var store = PostgresStores.Open(database, patience: TimeSpan.FromMilliseconds(300));
        Assert.Equal(1, WriteOne(store, 1));
        await server.StopAsync(PostgresStop.Immediate, Token);

        var clock = Stopwatch.StartNew();
        var failure = Assert.Throws<StoreUnavailableException>(() => WriteOne(store, 2));
        Assert.Contains("cannot be reached at the moment", failure.Message, StringComparison.Ordinal);
        Assert.InRange(clock.ElapsedMilliseconds, 40, 20_000);
        // The writes behind it are not kept waiting once more.
        Assert.Throws<StoreUnavailableException>(() => WriteOne(store, 2));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.FindSessionAsync("ses_1", Token));

        await server.StartAgainAsync(Token);
        Assert.Equal(2, WriteOne(store, 2));
        Assert.Equal(2, (await store.ReadAllEventsAsync(cancellationToken: Token)).Count);
    }

    [Fact]
    public async Task A_read_in_the_middle_of_a_write_takes_what_was_sent_before_to_the_next_connection()
    {
        await using var server = await PostgresServer.StartAsync(new() { IsSyncing = false }, Token);
        var database = await server.CreateDatabaseAsync("middle", cancellationToken: Token);
        await using var store = PostgresStores.Open(database);
        using var write = store.Begin("ses_1");
        write.AddMessage("ses_1", "msg_1", isOpen: true, 1, 1, null, "{}"u8.ToArray());
        Assert.NotNull(write.FindMessage("msg_1"));
        await PostgresStores.ExecuteAsync(database, EndAll);
        write.PutPart("ses_1", "msg_1", "prt_1", new("{}"u8.ToArray()));
        Assert.Single(write.FindMessage("msg_1")!.Parts);
        write.AddEvent("ses_1", 0, "evt_1");
        await PostgresStores.ExecuteAsync(database, EndAll);
        write.Commit();

        Assert.Single((await store.FindMessageAsync("ses_1", "msg_1", Token))!.Parts);
        Assert.Equal(1, Assert.Single(await store.ReadAllEventsAsync(cancellationToken: Token)).Sequence);
    }

    private static int WriteUntil(PostgresStore store, CancellationToken stop, int last = 0, Progress? progress = null)
    {
        while (!stop.IsCancellationRequested)
        {
            WriteOne(store, ++last);
            progress?.Written = last;
        }

        return last;
    }

    private static long WriteOne(PostgresStore store, int number)
    {
        using var write = store.Begin("ses_1");
        write.AddMessage("ses_1", $"msg_{number}", isOpen: false, number, number, null, Encoding.UTF8.GetBytes($"{number}"));
        var sequence = write.AddEvent("ses_1", number, $"evt_{number:00000}");
        write.Commit();
        return sequence;
    }

    /// <summary>Waits until the connection that holds the ownership, which was ended too, is there again.</summary>
    private static async Task WaitForOwnershipAsync(PostgresDatabase database)
    {
        while (await PostgresStores.ReadAsync(database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted") == "0")
            await Task.Yield();
    }

    private sealed class Progress
    {
        private int _written;

        public int Written
        {
            get => Volatile.Read(ref _written);
            set => Volatile.Write(ref _written, value);
        }
    }
}

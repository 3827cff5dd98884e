using System.Buffers;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Testing.Stores;
using Capstan.Testing.Stores.Postgres;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>What one write costs, keeps and refuses.</summary>
public sealed class PostgresWriteTests(SharedPostgres shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_admission_and_a_turns_write_are_one_round_trip_each()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token);
        Assert.Equal(2, Count(store, static write => write.PutSession(Row("ses_1"))));
        var lease = SessionLease.Free.TakenBy(store.Epoch);

        Assert.Equal(1, Count(store, write =>
        {
            Assert.Equal("ses_1", write.FindSession("ses_1")!.Info.ID);
            write.AddMessage("ses_1", "msg_1", isOpen: false, 1, null, null, "{}"u8.ToArray());
            write.PutPart("ses_1", "msg_1", "prt_1", new("{}"u8.ToArray()));
            write.AddInbox(new WorkRow("ses_1", "msg_1", WorkKind.Prompt, 1, Delivery.Steer));
            write.AddEvent("ses_1", 0, "evt_1");
            write.PutSession(Row("ses_1") with { Status = SessionStatus.IsBusy, EventCount = 1, Position = 1 });
        }));
        Assert.Equal(1, Count(store, write =>
        {
            write.ChangeLease("ses_1", SessionLease.Free, lease);
            Assert.Equal("msg_1", Assert.Single(write.FindInbox("ses_1")).ID);
            write.TakeInbox("ses_1", "msg_1", "trn_1");
            write.SetContext("ses_1", "msg_1", 2);
            // The waiting prompt is known, place and parts and all.
            var prompt = write.FindMessage("msg_1")!;
            Assert.Equal((2, 1), (prompt.Context, prompt.Parts.Count));
            write.AddMessage("ses_1", "msg_2", isOpen: true, 3, 3, null, "{}"u8.ToArray());
        }));
        Assert.Equal(1, Count(store, write =>
        {
            write.CheckLease("ses_1", lease);
            write.PutPart("ses_1", "msg_2", "prt_2", new("{}"u8.ToArray()));
            write.EndStep("ses_1", "msg_2", StepOutcome.Stop, "{}"u8.ToArray());
            Assert.Equal("trn_1", Assert.Single(write.FindInbox("ses_1")).TurnID);
            write.RemoveInbox("ses_1", "msg_1");
            Assert.Empty(write.FindInbox("ses_1"));
            Assert.Empty(write.FindPermissions("ses_1"));
            Assert.Empty(write.FindOpenMessages("ses_1"));
            write.AddEvent("ses_1", 1, "evt_2");
        }));
        // A look that finds nothing to do.
        Assert.Equal(0, Count(store, write => Assert.Empty(write.FindInbox("ses_1"))));
        // The first write after one that was undone has to read again.
        using (var undone = store.Begin("ses_1"))
            undone.AddEvent("ses_1", 2, "evt_3");
        Assert.Equal(2, Count(store, write => Assert.Equal(3, write.AddEvent("ses_1", 2, "evt_3"))));
    }

    [Fact]
    public async Task A_write_under_a_lease_that_was_taken_over_keeps_nothing()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var store = PostgresStores.Open(database);
        var lease = SessionLease.Free.TakenBy(store.Epoch);
        using (var write = store.Begin("ses_1"))
        {
            write.PutSession(Row("ses_1"));
            write.ChangeLease("ses_1", SessionLease.Free, lease);
            write.Commit();
        }

        await PostgresStores.ExecuteAsync(database, "UPDATE session SET lease_owner = 77, lease_epoch = lease_epoch + 1");
        using (var write = store.Begin("ses_1"))
        {
            write.CheckLease("ses_1", lease);
            write.AddEvent("ses_1", 0, "evt_1");
            Assert.Equal("ses_1", Assert.Throws<LeaseLostException>(write.Commit).SessionID);
        }

        using (var write = store.Begin("ses_1"))
        {
            write.AddEvent("ses_1", 0, "evt_1");
            write.ChangeLease("ses_1", lease, lease.Released());
            Assert.Equal("ses_1", Assert.Throws<LeaseLostException>(() => write.FindMessage("msg_1")).SessionID);
        }

        Assert.Empty(await store.ReadAllEventsAsync(cancellationToken: Token));
        // A session that is stored again keeps the lease that another has taken.
        using (var write = store.Begin("ses_1"))
        {
            Assert.Equal(new SessionLease(77, 2), write.FindSession("ses_1")!.Lease);
            write.PutSession(Row("ses_1"));
            Assert.Equal(1, write.AddEvent("ses_1", 0, "evt_1"));
            write.Commit();
        }

        Assert.Equal(new SessionLease(77, 2), (await store.FindSessionAsync("ses_1", Token))!.Lease);
    }

    [Fact]
    public async Task A_session_that_is_stored_under_a_lease_that_was_taken_over_stays_as_it_is()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var store = PostgresStores.Open(database);
        var lease = SessionLease.Free.TakenBy(store.Epoch);
        using (var write = store.Begin("ses_1", "ses_2"))
        {
            write.PutSession(Row("ses_1"));
            write.PutSession(Row("ses_2"));
            write.ChangeLease("ses_2", SessionLease.Free, lease);
            write.Commit();
        }

        await PostgresStores.ExecuteAsync(
            database, "UPDATE session SET lease_owner = 77, lease_epoch = lease_epoch + 1 WHERE id = 'ses_2'");
        using (var write = store.Begin("ses_1", "ses_2"))
        {
            write.CheckLease("ses_2", lease);
            write.PutSession(Row("ses_1") with { Position = 5 });
            write.PutSession(Row("ses_2") with { Position = 5 });
            Assert.Equal("ses_2", Assert.Throws<LeaseLostException>(write.Commit).SessionID);
        }

        Assert.Equal("0", await PostgresStores.ReadAsync(database, "SELECT sum(position) FROM session"));
        using (var write = store.Begin("ses_2"))
        {
            Assert.Equal(new SessionLease(77, 2), write.FindSession("ses_2")!.Lease);
            write.ChangeLease("ses_2", new SessionLease(77, 2), new SessionLease(null, 2));
            write.PutSession(Row("ses_2") with { Position = 6 });
            write.Commit();
        }

        Assert.Equal("6  2", await PostgresStores.ReadAsync(
            database, "SELECT concat(position, ' ', lease_owner, ' ', lease_epoch) FROM session WHERE id = 'ses_2'"));
    }

    [Fact]
    public async Task A_session_is_answered_from_memory_until_another_may_have_changed_it()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var store = PostgresStores.Open(database);
        using (var write = store.Begin("ses_1"))
        {
            write.PutSession(Row("ses_1"));
            write.Commit();
        }

        await PostgresStores.ExecuteAsync(database, "UPDATE session SET lease_owner = 77, lease_epoch = 9");
        Assert.Equal(SessionLease.Free, (await store.FindSessionAsync("ses_1", Token))!.Lease);
        await PostgresStores.ExecuteAsync(
            database, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        // The store notices at its own pace that it has lost the lock. Each look asks the database something else in between.
        var looks = 0;
        while ((await store.FindSessionAsync("ses_1", Token))!.Lease != new SessionLease(77, 9))
        {
            Assert.True(++looks < 2000, "The store goes on answering what it knew.");
            await PostgresStores.ReadAsync(database, "SELECT 1");
        }
    }

    [Fact]
    public async Task Texts_that_PostgreSQL_cannot_hold_stay_whole_in_the_JSON()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token);
        var title = "a\0b\uD800c \U0001F600";
        using (var write = store.Begin("ses_1"))
        {
            write.PutSession(Row("ses_1") with { Info = PostgresStores.Session("ses_1") with { Title = "a\0b", Path = title } });
            write.Commit();
        }

        Assert.Equal("a\0b", (await store.FindSessionAsync("ses_1", Token))!.Info.Title);
        Assert.Single(await store.ListSessionsAsync(new SessionQuery { Search = "A\0B" }, Token));
        Assert.Single(await store.ListSessionsAsync(new SessionQuery { Path = title }, Token));
        Assert.Equal("a\uFFFDb\uFFFDc \U0001F600", PostgresValue.Storable(title));
        using var look = store.Begin("ses_\0");
        Assert.Null(look.FindSession("ses_\0"));
    }

    [Fact]
    public async Task Values_of_ten_megabytes_are_stored_and_read_whole()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token);
        var value = new byte[10 << 20];
        new Random(1).NextBytes(value);
        var pieces = new Engine.Events.SegmentedBuffer();
        foreach (var piece in value.Chunk(100_000))
            pieces.Append(new ReadOnlySequence<byte>(piece));
        using (var write = store.Begin("ses_1"))
        {
            write.AddMessage("ses_1", "msg_1", isOpen: true, 1, 1, null, "{}"u8.ToArray());
            write.PutPart("ses_1", "msg_1", "prt_1", pieces.ToSequence());
            write.AddEvent("ses_1", 0, "/w", "p", "type", "evt_1", pieces.ToSequence());
            Assert.Equal(value, Assert.Single(write.FindMessage("msg_1")!.Parts).ToArray());
            write.Commit();
        }

        Assert.Equal(value, Assert.Single((await store.FindMessageAsync("ses_1", "msg_1", Token))!.Parts).ToArray());
        Assert.Equal(value, Assert.Single(await store.ReadAllEventsAsync(cancellationToken: Token)).Json.ToArray());
    }

    [Fact]
    public async Task A_message_identifier_that_another_lane_has_stored_is_a_conflict_and_found_at_the_next_try()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token, lanes: 2);
        using var one = store.Lanes[0].Begin(["ses_1"]);
        using var other = store.Lanes[1].Begin(["ses_2"]);
        Assert.Null(one.FindMessage("msg_1"));
        Assert.Null(other.FindMessage("msg_1"));
        one.AddMessage("ses_1", "msg_1", isOpen: false, 1, null, "print", "{}"u8.ToArray());
        one.Commit();
        other.AddMessage("ses_2", "msg_1", isOpen: false, 1, null, "another", "{}"u8.ToArray());
        Assert.Throws<StoreConflictException>(other.Commit);
        other.Dispose();

        using var again = store.Lanes[1].Begin(["ses_2"]);
        Assert.Equal(("ses_1", "print"), (again.FindMessage("msg_1")!.SessionID, again.FindMessage("msg_1")!.Fingerprint));
    }

    [Fact]
    public async Task Two_lanes_that_change_the_same_projects_and_approvals_in_opposite_orders_both_succeed()
    {
        await using var store = await PostgresStores.OpenAsync(shared, Token, lanes: 2);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(lane => Task.Run(
            () =>
            {
                for (var round = 0; round < 50; round++)
                {
                    using var write = store.Lanes[lane].Begin([]);
                    for (var i = 0; i < 10; i++)
                    {
                        var at = lane == 0 ? i : 9 - i;
                        write.PutProject(new ProjectInfo { ID = $"p{at}", Worktree = "/", Time = new ProjectTime(1, round) });
                        write.AddApproval(new ApprovalRow(
                            $"apr_{lane}_{at}", "/w", new PermissionRule("bash", $"{at}", PermissionAction.Allow), 1));
                    }

                    write.RemoveApproval($"apr_{lane}_{round % 10}");
                    write.Commit();
                }
            },
            Token)));

        Assert.Equal(10, (await store.ListProjectsAsync(Token)).Count);
        var approvals = await store.ListApprovalsAsync("/w", Token);
        Assert.Equal(approvals.Count, approvals.DistinctBy(static row => row.Rule.Pattern).Count());
    }

    [Fact]
    public async Task The_events_of_a_deleted_session_are_out_of_sight_at_once_and_erased_in_steps()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var store = PostgresStores.Open(database);
        var lane = store.Lanes[0];
        while (lane.Upkeep != StoreUpkeep.None)
            lane.RunUpkeep();
        using (var write = store.Begin("ses_1", "ses_2"))
        {
            foreach (var session in (string[])["ses_1", "ses_2"])
                write.PutSession(Row(session));
            for (var i = 0; i < 700; i++)
                write.AddEvent(i % 2 == 0 ? "ses_1" : "ses_2", i, $"evt_{i:0000}");
            write.DeleteSession("ses_1", write.AddEvent("ses_1", 700, "evt_9999", "\"deleted\""));
            write.Commit();
        }

        var events = await store.ReadAllEventsAsync(cancellationToken: Token);
        Assert.Equal(351, events.Count);
        Assert.Equal(701, Assert.Single(events, static published => published.SessionID == "ses_1").Sequence);
        Assert.Equal("701", await PostgresStores.ReadAsync(database, "SELECT count(*) FROM event"));

        var steps = 0;
        for (; lane.Upkeep != StoreUpkeep.None; steps++)
            lane.RunUpkeep();

        Assert.InRange(steps, 2, 4);
        Assert.Equal("351", await PostgresStores.ReadAsync(database, "SELECT count(*) FROM event"));
        Assert.Equal("0", await PostgresStores.ReadAsync(database, "SELECT count(*) FROM deleted_session"));
        Assert.Null(await store.FindSessionAsync("ses_1", Token));
    }

    private static SessionRow Row(string id) => new(PostgresStores.Session(id), SessionStatus.IsIdle, 0);

    private static long Count(PostgresStore store, Action<IStoreTransaction> change)
    {
        var before = store.RoundTrips;
        using var write = store.Begin("ses_1");
        change(write);
        write.Commit();
        return store.RoundTrips - before;
    }
}

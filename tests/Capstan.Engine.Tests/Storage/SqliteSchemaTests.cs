using System.Text;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Testing.Stores;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>Databases that another Capstan wrote.</summary>
public sealed class SqliteSchemaTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-schema-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_store_of_a_newer_Capstan_is_refused_in_words_and_left_as_it_is()
    {
        await SqliteStore.Open(_directory.FullName).DisposeAsync();
        await ExecuteAsync($"PRAGMA user_version = {SqliteSchema.Newest + 1}");

        var refusal = Assert.Throws<InvalidOperationException>(() => SqliteStore.Open(_directory.FullName));

        Assert.Contains("was written by a newer Capstan", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Update Capstan", refusal.Message, StringComparison.Ordinal);
        // Neither changed nor locked: with its own version it opens again.
        await ExecuteAsync($"PRAGMA user_version = {SqliteSchema.Newest}");
        await SqliteStore.Open(_directory.FullName).DisposeAsync();
    }

    [Fact]
    public async Task R13_A_database_that_lacks_its_tables_is_refused_in_words_and_left_as_it_is()
    {
        // As a recovery that saved nothing leaves it, once it has been given the number of the version.
        await SqliteStore.Open(_directory.FullName).DisposeAsync();
        await ExecuteAsync("DROP TABLE event");

        var refusal = Assert.Throws<StoreUnusableException>(() => SqliteStore.Open(_directory.FullName));

        Assert.StartsWith(
            $"The database {_directory.FullName}/capstan.db does not hold what a database of Capstan holds (no such table: event). Put a backup",
            refusal.Message,
            StringComparison.Ordinal);
        // Nobody owns it: it may be mended and opened.
        File.Delete(Path.Combine(_directory.FullName, "capstan.db"));
        await SqliteStore.Open(_directory.FullName).DisposeAsync();
    }

    [Fact]
    public async Task What_the_first_version_stored_is_read_with_outcomes_and_in_its_order()
    {
        var token = TestContext.Current.CancellationToken;
        await ExecuteAsync(null);
        var session = """{"id":"ses_1","slug":"s","projectID":"p","directory":"/w","title":"t","version":"0","time":{"created":1,"updated":1}}""";
        await ExecuteAsync($$"""
            INSERT INTO session (id, project_id, directory, title, time_updated, status, event_count, epoch, data)
                VALUES ('ses_1', 'p', '/w', 't', 1, CAST('{"type":"busy"}' AS BLOB), 0, 1, CAST('{{session}}' AS BLOB));
            """);
        (string Info, StepOutcome? Outcome)[] messages =
        [
            ("""{"role":"user"}""", null),
            ("""{"role":"assistant","finish":"tool-calls"}""", StepOutcome.Continue),
            ("""{"role":"assistant","finish":"stop"}""", StepOutcome.Stop),
            ("""{"role":"assistant","error":{"name":"APIError","data":{"message":"no"}}}""", StepOutcome.Failed),
            ("""{"role":"assistant","error":{"name":"MessageAbortedError","data":{"message":"no"}}}""", StepOutcome.Aborted),
            ("""{"role":"assistant","error":{"name":"MessageAbortedError","data":{"message":"no","metadata":{"interrupted":"server"}}}}""", StepOutcome.Continue),
        ];
        for (var i = 0; i < messages.Length; i++)
        {
            await ExecuteAsync($"""
                INSERT INTO message (position, id, session_id, context, is_open, data)
                    VALUES ({i + 1}, 'msg_{9 - i}', 'ses_1', {i + 1}, 0, CAST('{messages[i].Info}' AS BLOB));
                INSERT INTO part (session_id, message_id, id, data) VALUES ('ses_1', 'msg_{9 - i}', 'prt_2', CAST('second' AS BLOB));
                INSERT INTO part (session_id, message_id, id, data) VALUES ('ses_1', 'msg_{9 - i}', 'prt_1', CAST('first' AS BLOB));
                """);
        }

        await using var store = SqliteStore.Open(_directory.FullName);

        var page = await store.ReadMessagesAsync(new MessageQuery("ses_1"), token);
        Assert.Equal(messages.Select(static message => message.Outcome), page.Messages.Select(static row => row.Outcome));
        Assert.All(page.Messages, static row => Assert.Equal(["first", "second"], row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span))));
        using var write = store.Begin();
        write.PutPart("ses_1", "msg_9", "prt_0", new("third"u8.ToArray()));
        Assert.Equal("third", Encoding.UTF8.GetString(write.FindMessage("msg_9")!.Parts[^1].Span));
    }

    [Theory]
    [InlineData("", 7)]
    [InlineData("INSERT INTO event VALUES (8, 'ses_1', 0, '/w', 'p', 'evt_8', 'type', 2, CAST('{}' AS BLOB));", 8)]
    public async Task Events_that_were_numbered_by_the_database_keep_their_numbers_and_the_next_one_follows(string events, long last)
    {
        SQLitePCL.Batteries_V2.Init();
        await using (var connection = SqliteConnections.OpenWriter(Path.Combine(_directory.FullName, "capstan.db")))
        {
            SqliteSchema.Migrate(connection, target: 4);
            await using var command = connection.CreateCommand();
            command.CommandText =
                $"UPDATE event_log SET first = 8; INSERT INTO sqlite_sequence (name, seq) VALUES ('event', 7); {events}";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var store = SqliteStore.Open(_directory.FullName);
        Assert.Equal(new EventCursor(last), store.NewestCursor);
        Assert.Equal(new EventCursor(7), await store.FindOldestCursorAsync(TestContext.Current.CancellationToken));
        using var write = store.Begin();
        Assert.Equal(last + 1, write.AddEvent("ses_1", 0, "/w", "p", "type", "evt", new("{}"u8.ToArray())));
    }

    [Fact]
    public async Task An_event_whose_write_was_undone_leaves_no_gap()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        using (var undone = store.Begin())
            undone.AddEvent("ses_1", 0, "/w", "p", "type", "evt", new("{}"u8.ToArray()));
        using var write = store.Begin();
        Assert.Equal(1, write.AddEvent("ses_1", 0, "/w", "p", "type", "evt", new("{}"u8.ToArray())));
    }

    /// <summary>Changes the database past the store; one that is not there yet is made as the first version made it.</summary>
    private async Task ExecuteAsync(string? sql)
    {
        SQLitePCL.Batteries_V2.Init();
        await using var connection = SqliteConnections.OpenWriter(Path.Combine(_directory.FullName, "capstan.db"));
        if (sql is null)
        {
            SqliteSchema.Migrate(connection, target: 1);
            return;
        }

        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}

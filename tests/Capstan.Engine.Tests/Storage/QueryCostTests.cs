using System.Globalization;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Testing.Stores;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>What a query costs does not grow with what it does not return. Counted in steps of SQLite's machine, not in time.</summary>
public sealed class QueryCostTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-cost-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>What the routes ask for, and how many they get.</summary>
    public static TheoryData<SessionQuery, int> Lists { get; } = new()
    {
        { new SessionQuery { ProjectID = "p", Limit = 10 }, 10 },
        { new SessionQuery { ProjectID = "p", RootsOnly = true, Limit = 10 }, 10 },
        { new SessionQuery { ProjectID = "p", Directory = "/w", Limit = 10 }, 10 },
        { new SessionQuery { ProjectID = "p", UpdatedSince = 1, Limit = 10 }, 10 },
        { new SessionQuery { ParentID = "ses_0", Limit = int.MaxValue }, 0 },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task The_newest_sessions_cost_the_same_however_many_there_are(SessionQuery query, int found)
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        AddSessions(store, 0, 50);
        var few = Steps(Read);
        AddSessions(store, 50, 1000);
        Assert.InRange(Steps(Read), few / 2, few * 2);

        void Read(SqliteReader reader) => Assert.Equal(found, SqliteSessions.List(reader, query).Count);
    }

    [Fact]
    public async Task The_sessions_of_a_directory_cost_the_same_however_many_newer_ones_others_have()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        AddSessions(store, 0, 5, "/few");
        AddSessions(store, 5, 50);
        var few = Steps(Read);
        AddSessions(store, 50, 1000);
        Assert.InRange(Steps(Read), few / 2, few * 2);

        static void Read(SqliteReader reader) => Assert.Equal(
            5, SqliteSessions.List(reader, new SessionQuery { ProjectID = "p", Directory = "/few", Limit = 10 }).Count);
    }

    [Fact]
    public async Task A_page_costs_the_same_however_long_the_history_is()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        AddSessions(store, 0, 1);
        AddMessages(store, 0, 50);
        var few = Steps(Read);
        AddMessages(store, 50, 1000);
        Assert.InRange(Steps(Read), few / 2, few * 2);

        static void Read(SqliteReader reader)
        {
            var page = SqliteHistory.ReadPage(reader, new MessageQuery("ses_0") { Limit = 10 });
            Assert.Equal(10, page.Messages.Count);
            Assert.All(page.Messages, static message => Assert.Single(message.Parts));
        }
    }

    private static void AddSessions(SqliteStore store, int first, int last, string directory = "/w")
    {
        using var write = store.Begin();
        for (var i = first; i < last; i++)
        {
            write.PutSession(new SessionRow(
                new SessionInfo
                {
                    ID = $"ses_{i}", Slug = "s", ProjectID = "p", Directory = directory, Title = "t", Version = "0", Time = new SessionTime(i, i),
                },
                SessionStatus.IsIdle,
                0));
        }

        write.Commit();
    }

    private static void AddMessages(SqliteStore store, int first, int last)
    {
        using var write = store.Begin();
        for (var i = first; i < last; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"msg_{i:00000}");
            write.AddMessage("ses_0", id, isOpen: false, i + 1, null, null, Encoding.UTF8.GetBytes("{}"));
            write.PutPart("ses_0", id, $"prt_{i}", new(Encoding.UTF8.GetBytes("{}")));
        }

        write.Commit();
    }

    /// <summary>The steps of all statements that a reader ran.</summary>
    private long Steps(Action<SqliteReader> read)
    {
        var connection = SqliteConnections.OpenReader(Path.Combine(_directory.FullName, "capstan.db"));
        connection.Handle!.enable_sqlite3_next_stmt(true);
        using var reader = new SqliteReader(connection);
        read(reader);
        var steps = 0L;
        for (var statement = raw.sqlite3_next_stmt(connection.Handle, null!); statement is not null; statement = raw.sqlite3_next_stmt(connection.Handle, statement))
            steps += raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_VM_STEP, 0);
        return steps;
    }
}

using System.Buffers;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Testing.Stores;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>
/// What the simulation shows on its own store is worth as much as that store is like the real one: the same writes to both, chosen by
/// a seed, committed or undone, must read the same.
/// </summary>
public sealed class StoreAgreementTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-stores-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_simulated_store_reads_as_SQLite_does()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            await using var real = SqliteStore.Open(Path.Combine(_directory.FullName, $"{seed}"));
            await StoreAgreement.CheckAsync(new StoreDisk().Open(), real, seed, writes: 12);
        }
    }

    [Fact]
    public async Task An_owner_that_lost_the_store_writes_no_more()
    {
        await using var old = SqliteStore.Open(_directory.FullName);
        // As after a network file system or an administrator has broken the lock.
        File.Delete(Path.Combine(_directory.FullName, "capstan.db.lock"));
        await using var current = SqliteStore.Open(_directory.FullName);
        Assert.Throws<StoreFencedException>(() => old.Begin());
        current.Begin().Dispose();
    }

    [Fact]
    public async Task A_long_value_is_stored_in_pieces_and_read_whole()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        var token = TestContext.Current.CancellationToken;
        var written = new List<byte[]>();
        // Long, longer, short again, long again: each takes the place of the one before.
        foreach (var length in (int[])[300_000, 1_000_000, 10, 400_000])
        {
            var value = new SegmentedBuffer();
            for (var i = 0; value.Length < length; i++)
                value.Write(Encoding.UTF8.GetBytes($"{i} "));
            written.Add(value.ToSequence().ToArray());
            using var transaction = store.Begin();
            if (written.Count == 1)
                transaction.AddMessage("ses_1", "msg_1", isOpen: true, 1, null, null, "{}"u8.ToArray());
            transaction.PutPart("ses_1", "msg_1", "prt_1", value.ToSequence());
            Assert.Equal(written.Count, transaction.AddEvent("ses_1", written.Count, "/w", "p", "type", "evt", value.ToSequence()));
            Assert.Equal(written[^1], Assert.Single(transaction.FindMessage("msg_1")!.Parts).ToArray());
            transaction.Commit();
        }

        Assert.Equal(written, (await store.ReadAllEventsAsync(cancellationToken: token)).Select(static published => published.Json.ToArray()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public async Task Parts_stand_in_the_order_in_which_they_came_whatever_the_clock_made_of_their_identifiers(int messages)
    {
        var token = TestContext.Current.CancellationToken;
        var disk = new StoreDisk();
        // Two processes, the later with an earlier clock; a part that is replaced, short or long, stays where it is.
        foreach (var part in (string[])["prt_5", "prt_3"])
        {
            await using var real = SqliteStore.Open(_directory.FullName);
            foreach (var store in (IStore[])[real, disk.Open()])
            {
                using var write = store.Begin();
                for (var i = 0; i < messages; i++)
                {
                    if (part == "prt_5")
                        write.AddMessage("ses_1", $"msg_{i}", isOpen: true, i + 1, i + 1, null, "{}"u8.ToArray());
                    write.PutPart("ses_1", $"msg_{i}", part, new(Encoding.UTF8.GetBytes(part)));
                    write.PutPart("ses_1", $"msg_{i}", "prt_4", new(Encoding.UTF8.GetBytes("prt_4".PadRight(300_000))));
                    write.PutPart("ses_1", $"msg_{i}", "prt_5", new("prt_5"u8.ToArray()));
                }

                write.Commit();
            }
        }

        await using var reopened = SqliteStore.Open(_directory.FullName);
        foreach (var store in (IStore[])[reopened, disk.Open()])
        {
            string[] expected = ["prt_5", "prt_4", "prt_3"];
            var page = await store.ReadMessagesAsync(new MessageQuery("ses_1"), token);
            Assert.Equal(messages, page.Messages.Count);
            Assert.All(page.Messages, row => Assert.Equal(expected, Parts(row)));
            Assert.All(await store.ReadContextAsync("ses_1", 0, token), row => Assert.Equal(expected, Parts(row)));
            Assert.Equal(expected, Parts((await store.FindMessageAsync("ses_1", "msg_1", token))!));
            using var write = store.Begin();
            Assert.Equal(expected, Parts(write.FindMessage("msg_1")!));
            Assert.Equal(expected, Parts(write.FindLastMessage("ses_1")!));
            Assert.All(write.FindOpenMessages("ses_1"), row => Assert.Equal(expected, Parts(row)));
        }

        static IEnumerable<string> Parts(MessageRow row) => row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span).TrimEnd());
    }
}

using System.Text;
using Capstan.Engine.Storage;
using Capstan.Testing.Stores;
using Capstan.Testing.Stores.Postgres;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>
/// The store on PostgreSQL against the simulated one: the same writes to both, chosen by a seed, committed or undone, must read the
/// same, in the write itself and afterwards.
/// </summary>
public sealed class PostgresAgreementTests(SharedPostgres shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_store_on_PostgreSQL_reads_as_the_simulated_one_does()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            await using var real = await PostgresStores.OpenAsync(shared, Token);
            await StoreAgreement.CheckAsync(new StoreDisk().Open(), real, seed, writes: 24);
        }
    }

    [Fact]
    public async Task Parts_stand_in_the_order_in_which_they_came_whatever_the_clock_made_of_their_identifiers()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        // Two processes, the later with an earlier clock; a part that is replaced, short or long, stays where it is.
        foreach (var part in (string[])["prt_5", "prt_3"])
        {
            await using var store = PostgresStores.Open(database, lanes: 1);
            using var write = store.Begin("ses_1");
            if (part == "prt_5")
                write.AddMessage("ses_1", "msg_1", isOpen: true, 1, 1, null, "{}"u8.ToArray());
            write.PutPart("ses_1", "msg_1", part, new(Encoding.UTF8.GetBytes(part)));
            write.PutPart("ses_1", "msg_1", "prt_4", new(Encoding.UTF8.GetBytes("prt_4".PadRight(300_000))));
            write.PutPart("ses_1", "msg_1", "prt_5", new("prt_5"u8.ToArray()));
            write.Commit();
        }

        await using var reopened = PostgresStores.Open(database, lanes: 1);
        string[] expected = ["prt_5", "prt_4", "prt_3"];
        Assert.Equal(expected, Parts(Assert.Single((await reopened.ReadMessagesAsync(new MessageQuery("ses_1"), Token)).Messages)));
        Assert.Equal(expected, Parts(Assert.Single(await reopened.ReadContextAsync("ses_1", 0, Token))));
        Assert.Equal(expected, Parts((await reopened.FindMessageAsync("ses_1", "msg_1", Token))!));
        using var look = reopened.Begin("ses_1");
        Assert.Equal(expected, Parts(look.FindMessage("msg_1")!));
        Assert.Equal(expected, Parts(look.FindLastMessage("ses_1")!));
        Assert.Equal(expected, Parts(Assert.Single(look.FindOpenMessages("ses_1"))));

        static IEnumerable<string> Parts(MessageRow row) => row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span).TrimEnd());
    }
}

using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Testing.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Journal;

/// <summary>A store that goes away in the middle of a write, so that nobody knows whether the write is stored.</summary>
public sealed class LostAnswerTests
{
    // A write of these tests makes fewer calls of the store.
    private const int MostCalls = 30;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task R6_Readers_miss_no_event_of_a_write_that_failed_although_it_was_stored(int lanes)
    {
        var stored = 0;
        for (var call = 1; call <= MostCalls; call++)
        {
            await using var world = new World(lanes);
            await world.CreateAsync("ses_1");
            world.Disk.Arm(call, StoreFault.FailAfter);
            var failure = await Record.ExceptionAsync(() => world.RenameAsync("ses_1", "first"));
            world.Disk.Disarm();
            await world.RenameAsync("ses_1", "second");

            var events = await world.Store.ReadAllEventsAsync(cancellationToken: Cancelled);
            stored += failure is StoreUnavailableException && events.Count == 3 ? 1 : 0;
            Assert.Equal(events.Select(static e => (e.Lane, e.Sequence)), world.Read().Select(static e => (e.Lane, e.Sequence)));
            Assert.Equal(Enumerable.Range(0, events.Count).Select(static i => (long)i), events.Select(static e => e.SessionSequence));
        }

        Assert.Equal(1, stored);
    }

    [Fact]
    public async Task R2_Writes_that_may_be_stored_are_not_made_again()
    {
        for (var call = 1; call <= MostCalls; call++)
        {
            await using var world = new World(lanes: 1);
            await world.CreateAsync("ses_1");
            // The lane is held up, so that both writes come into one group.
            using var gate = new ManualResetEventSlim();
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var held = world.Journal.CommitAsync(
                "ses_1",
                _ =>
                {
                    begun.TrySetResult();
                    gate.Wait(Cancelled);
                },
                Cancelled);
            await begun.Task;
            var both = Task.WhenAll(world.RenameAsync("ses_1", "one"), world.RenameAsync("ses_1", "two"));
            Assert.Equal(2, world.Journal.Waiting);
            world.Disk.Arm(call, StoreFault.FailAfter);
            gate.Set();
            await Record.ExceptionAsync(() => held);
            await Record.ExceptionAsync(() => both);
            world.Disk.Disarm();

            var renames = (await world.Store.ReadAllEventsAsync(cancellationToken: Cancelled)).Skip(1).Select(Title).ToList();
            Assert.Equal(renames.Distinct(), renames);
        }

        static string Title(PublishedEvent published) => System.Text.Json.JsonDocument.Parse(published.Json)
            .RootElement.GetProperty("properties").GetProperty("info").GetProperty("title").GetString()!;
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly EngineTelemetry _telemetry = new();
        private readonly EventSubscription _reader;

        public World(int lanes)
        {
            Disk = new StoreDisk(lanes);
            Store = Disk.Open();
            var hub = new EventHub(new EventHubOptions(), Store.NewestCursor);
            _reader = hub.Subscribe(directory: null);
            Journal = new SessionJournal(
                _telemetry,
                Store,
                hub,
                TimeProvider.System,
                new IdentifierSource(TimeProvider.System, 1),
                new JournalOptions(),
                NullLogger<SessionJournal>.Instance);
        }

        public StoreDisk Disk { get; }

        public CrashableStore Store { get; }

        public SessionJournal Journal { get; }

        public Task CreateAsync(string id) => Journal.CommitAsync(
            id,
            transaction => transaction.CreateSession(new SessionInfo
            {
                ID = id, Slug = "s", ProjectID = "p", Directory = "/w", Title = "t", Version = "0", Time = new SessionTime(1, 1),
            }),
            Cancelled);

        public Task RenameAsync(string id, string title) => Journal.CommitAsync(
            id, transaction => { transaction.UpdateSession(id, session => session with { Title = title }); }, Cancelled);

        /// <summary>What the reader was given so far.</summary>
        public List<PublishedEvent> Read()
        {
            var all = new List<PublishedEvent>();
            while (_reader.TryTake(out var batch))
                all.AddRange(batch.Events);
            return all;
        }

        public async ValueTask DisposeAsync()
        {
            await Journal.DisposeAsync();
            _reader.Dispose();
            _telemetry.Dispose();
        }
    }
}

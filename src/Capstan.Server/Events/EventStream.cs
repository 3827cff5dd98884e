using System.Buffers;
using System.Text;
using Capstan.Contract;
using Capstan.Engine;
using Capstan.Engine.Events;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Events;

/// <summary>One reader's event stream over SSE.</summary>
/// <remarks>
/// <code>
///   1. subscribe   live events begin to collect
///   2. connected   the first frame; without Last-Event-ID it carries the id at which 1 began
///   3. replay      with Last-Event-ID: what was missed, from the store, up to where 1 began; or word that it is no longer kept;
///                  then the calls that run, with what they have printed since the last durable event of theirs
///   4. live        batches as they come, a heartbeat now and then
/// </code>
/// Invariant: each durable event once, and each of its frames, in order, with no gap between 3 and 4, because 1 comes first and knows where it began.
/// </remarks>
internal sealed class EventStream(ServerContext context, HttpContext http, string? directory, IStreamEncoding encoding)
{
    // The store ends a page earlier where its events are large: a replay holds little more than a page.
    private const int ReplayPage = 500;
    private const int FlushSize = 8 * 1024;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private CapstanEngine Engine => context.Engine;

    public async Task RunAsync()
    {
        if (http.WantsHeadersOnly())
        {
            WriteHeaders(http.Response);
            return;
        }

        using var subscription = Engine.Hub.Subscribe(directory, http.ClientName());
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, context.Stopping);
        // A reader that fell too far behind is mostly blocked in a write. It gets a moment to read why; then its connection goes, as an
        // error, so that clients come back with Last-Event-ID.
        await using var dropping = Engine.Options.Time.CreateTimer(
            static state => ((HttpContext)state!).Abort(), http, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var dropped = subscription.Dropped.Register(() => dropping.Change(Farewell, Timeout.InfiniteTimeSpan));
        WriteHeaders(http.Response);
        try
        {
            var last = EventPlace.Parse(http.Request.Headers["Last-Event-ID"]);
            // Who comes without an id gets one at once: cut off before the first durable event, it would otherwise have none to resume from.
            if (last is null)
                http.Response.BodyWriter.Write(Encoding.ASCII.GetBytes($"id: {new EventPlace(subscription.Start, encoding.HasPairs)}\n"));
            await WriteAsync([Announce(EventType.ServerConnected)], ended.Token);
            if (last is { } place)
            {
                await ReplayAsync(place, subscription.Start, ended.Token);
                await WriteAsync(await Engine.ReadGrowingAsync(directory, ended.Token), ended.Token);
            }

            await using var heartbeat = Engine.Options.Time.CreateTimer(
                _ => subscription.Offer(Announce(EventType.ServerHeartbeat)), null, context.Options.Heartbeat, context.Options.Heartbeat);
            await FollowAsync(subscription, ended.Token);
            if (subscription.Dropped.IsCancellationRequested)
            {
                await WriteAsync([Announce(EventType.ServerDropped, subscription.EndReason)], ended.Token);
                // Not aborted here: that would throw away what is on its way, the reason with it. The timer does it, or the reader goes.
                await Task.Delay(Timeout.InfiniteTimeSpan, Engine.Options.Time, ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader went, or the server goes.
        }
    }

    private static void WriteHeaders(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["x-accel-buffering"] = "no";
        response.Headers.XContentTypeOptions = "nosniff";
    }

    private async Task ReplayAsync(EventPlace place, long upTo, CancellationToken cancellationToken)
    {
        var last = place.Sequence;
        var isHalf = encoding.HasPairs && !place.IsLastFrame && last > 0;
        var first = await Engine.Store.FirstEventSequenceAsync(cancellationToken);
        if (last > upTo || last < (isHalf ? first : first - 1))
        {
            await WriteAsync([Resynchronise(last)], cancellationToken);
            return;
        }

        if (isHalf)
        {
            foreach (var published in await Engine.Store.ReadEventsAsync(last - 1, last, directory, 1, cancellationToken))
                await WriteAsync(encoding.EncodeSecond(published), cancellationToken);
        }

        while (last < upTo)
        {
            var page = await Engine.Store.ReadEventsAsync(last, upTo, directory, ReplayPage, cancellationToken);
            if (page.Count == 0)
                return;
            await WriteAsync(page, cancellationToken);
            last = page[^1].Sequence;
        }
    }

    private async Task FollowAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        var output = http.Response.BodyWriter;
        while (await subscription.WaitAsync(cancellationToken))
        {
            // What waits goes out with few flushes: a burst costs a reader few system calls. But what is written is this reader's own
            // copy, so it gets bites, and the next one when it has read: one who does not read holds one bite, whatever waits for it.
            var unflushed = 0;
            while (subscription.TryTake(out var batch))
            {
                for (var rest = batch.Encode(encoding); !rest.IsEmpty;)
                {
                    var bite = rest.First[..Math.Min(rest.First.Length, FlushSize - unflushed)];
                    rest = rest.Slice(bite.Length);
                    output.Write(bite.Span);
                    unflushed += bite.Length;
                    if (unflushed < FlushSize)
                        continue;
                    unflushed = 0;
                    if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                        return;
                }
            }

            if (unflushed > 0 && (await output.FlushAsync(cancellationToken)).IsCompleted)
                return;
            subscription.MarkSent();
        }
    }

    private Task WriteAsync(IReadOnlyList<PublishedEvent> events, CancellationToken cancellationToken) =>
        WriteAsync(encoding.Encode(events), cancellationToken);

    private async Task WriteAsync(ReadOnlySequence<byte> frames, CancellationToken cancellationToken)
    {
        // In bites: what is written and not read yet is this reader's own copy.
        foreach (var piece in frames)
        {
            for (var rest = piece; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, FlushSize)..])
                await http.Response.BodyWriter.WriteAsync(rest[..Math.Min(rest.Length, FlushSize)], cancellationToken);
        }
    }

    private PublishedEvent Announce(string type, string? reason = null)
    {
        var id = Engine.Identifiers.NewEvent();
        return new PublishedEvent(0, null, -1, "", "", id, type, new ReadOnlySequence<byte>(EventJson.Write(id, type, writer =>
        {
            writer.WriteStartObject();
            if (reason is not null)
                writer.WriteString("reason"u8, reason);
            writer.WriteEndObject();
        })));
    }

    /// <summary>Events between the reader's last one and the oldest that is kept are gone: the reader must read the state anew.</summary>
    private PublishedEvent Resynchronise(long last)
    {
        var id = Engine.Identifiers.NewEvent();
        var json = EventJson.Write(id, EventType.ServerResync, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("lastEventID"u8, last);
            writer.WriteString(
                "message"u8, "Events after this id are not kept any more. Read sessions, messages and permissions again; live events follow.");
            writer.WriteEndObject();
        });
        return new PublishedEvent(0, null, -1, "", "", id, EventType.ServerResync, new ReadOnlySequence<byte>(json));
    }
}

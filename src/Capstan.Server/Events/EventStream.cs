using System.Buffers;
using Capstan.Contract;
using Capstan.Engine;
using Capstan.Engine.Events;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Events;

/// <summary>The event stream of one reader, as server-sent events.</summary>
/// <remarks>
/// <code>
///   1. subscribe   live events begin to queue for this reader
///   2. connected   the first frame; without Last-Event-ID it carries the id at which step 1 began
///   3. replay      with Last-Event-ID: the missed events, from the store, up to where step 1 began; or a notice that they are
///                  not kept any more; then the running tool calls, with their output since their last durable event
///   4. live        batches as they come, and heartbeats
/// </code>
/// Invariant: the reader gets each durable event once, with all of its frames, in order and without a gap between steps 3 and 4,
/// because step 1 comes first and knows where it began.
/// </remarks>
internal sealed class EventStream(ServerContext context, HttpContext http, string? directory, IStreamEncoding encoding)
{
    // The store ends a page earlier where its events are large, so that a replay holds little more than one page.
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
        // A reader that fell too far behind is mostly blocked in a write. It gets a moment to read the reason; then its
        // connection is aborted, which clients take for an error, so that they come back with Last-Event-ID.
        await using var dropping = Engine.Options.Time.CreateTimer(
            static state => ((HttpContext)state!).Abort(), http, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var dropped = subscription.Dropped.Register(() => dropping.Change(Farewell, Timeout.InfiniteTimeSpan));
        try
        {
            string? id = http.Request.Headers["Last-Event-ID"];
            var last = EventPlace.Parse(id);
            // Before the headers: who comes back while the store cannot be reached is told so, and not given a stream that breaks.
            var kept = last is null ? default : await Engine.Store.FindOldestCursorAsync(ended.Token);
            WriteHeaders(http.Response);
            // A reader without an id gets one at once. Otherwise a reader that is
            // cut off before its first durable event could not resume.
            if (last is null)
                SseFrame.WriteID(http.Response.BodyWriter, subscription.Start, 0, encoding.HasPairs ? EventFrame.Second : EventFrame.Only);
            await WriteAsync([Announce(EventType.ServerConnected)], ended.Token);
            if (last is { } place)
            {
                await ReplayAsync(id!, place, kept, subscription.Start, ended.Token);
                await WriteAsync(await Engine.ReadGrowingAsync(directory, ended.Token), ended.Token);
            }

            await using var heartbeat = Engine.Options.Time.CreateTimer(
                _ => subscription.Offer(Announce(EventType.ServerHeartbeat)), null, context.Options.Heartbeat, context.Options.Heartbeat);
            await FollowAsync(subscription, ended.Token);
            if (subscription.Dropped.IsCancellationRequested)
            {
                await WriteAsync([Announce(EventType.ServerDropped, subscription.EndReason)], ended.Token);
                // Aborting the connection here would discard the bytes on their way, and
                // the reason with them. The timer aborts it, or the reader leaves.
                await Task.Delay(Timeout.InfiniteTimeSpan, Engine.Options.Time, ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader left, or the server stops.
        }
    }

    private static void WriteHeaders(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["x-accel-buffering"] = "no";
        response.Headers.XContentTypeOptions = "nosniff";
    }

    private async Task ReplayAsync(string id, EventPlace place, EventCursor kept, EventCursor upTo, CancellationToken cancellationToken)
    {
        var last = place.Cursor;
        // The place of the event whose second frame the reader may miss is just before that event.
        var from = encoding.HasPairs && place.HalfLane is { } half && last[half] > 0 ? last.With(half, last[half] - 1) : last;
        // The place is one of another store, or ahead of this one, or what follows it is not kept any more.
        if (last.LaneCount != upTo.LaneCount || !upTo.Reaches(last) || !from.Reaches(kept))
        {
            await WriteAsync([Resynchronise(id)], cancellationToken);
            return;
        }

        foreach (var published in from == last ? [] : await Engine.Store.ReadEventsAsync(from, last, directory, 1, cancellationToken))
            await WriteAsync(encoding.EncodeSecond(last, published), cancellationToken);

        while (last != upTo)
        {
            var page = await Engine.Store.ReadEventsAsync(last, upTo, directory, ReplayPage, cancellationToken);
            if (page.Count == 0)
                return;
            await WriteAsync(encoding.Encode(last, page), cancellationToken);
            foreach (var published in page)
                last = last.With(published.Lane, published.Sequence);
        }
    }

    private async Task FollowAsync(EventSubscription subscription, CancellationToken cancellationToken)
    {
        var output = http.Response.BodyWriter;
        while (await subscription.WaitAsync(cancellationToken))
        {
            // All queued events go out with few flushes, so that a burst costs few system calls. Written bytes are a copy for
            // this reader alone, so they are written in small pieces, each after the reader has taken the one before: a reader
            // that does not read holds only one piece.
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
        WriteAsync(encoding.Encode(default, events), cancellationToken);

    private async Task WriteAsync(ReadOnlySequence<byte> frames, CancellationToken cancellationToken)
    {
        // Bytes that are written and not read yet are a copy for this reader alone, so they are written in small pieces.
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

    /// <summary>
    /// Makes the event for a reader whose next events are not kept any more: the reader must read the state again.
    /// </summary>
    private PublishedEvent Resynchronise(string last)
    {
        var id = Engine.Identifiers.NewEvent();
        var json = EventJson.Write(id, EventType.ServerResync, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("lastEventID"u8, last);
            writer.WriteString(
                "message"u8, "Events after this id are not kept any more. Read sessions, messages and permissions again; live events follow.");
            writer.WriteEndObject();
        });
        return new PublishedEvent(0, null, -1, "", "", id, EventType.ServerResync, new ReadOnlySequence<byte>(json));
    }
}

using System.Text;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>A client that reads events, and comes back where it stopped whenever it is cut off.</summary>
internal sealed class SimulatedReader(World world, string name, bool isSlow)
{
    private readonly Dictionary<string, StringBuilder> _growing = [];
    private SimulatedServer? _server;
    private bool _isReading;
    private EventCursor _liveAfter;

    /// <summary>The last event that it has seen.</summary>
    public EventCursor Position { get; private set; } = world.Disk.Committed.Newest;

    /// <summary>Connects to a server, unless it is connected to it.</summary>
    public void Connect(SimulatedServer server)
    {
        if (!server.IsUp || (_isReading && _server == server))
            return;
        _server = server;
        _isReading = true;
        _growing.Clear();
        server.Request(engine => ReadAsync(server, engine));
    }

    private async Task ReadAsync(SimulatedServer server, CapstanEngine engine)
    {
        using var subscription = engine.Hub.Subscribe(directory: null);
        _liveAfter = subscription.Start;
        try
        {
            foreach (var published in await engine.Store.ReadEventsAsync(
                Position, subscription.Start, null, int.MaxValue, CancellationToken.None))
            {
                See(published);
            }

            while (await subscription.WaitAsync(CancellationToken.None))
            {
                if (isSlow && !world.IsDraining)
                    await world.WaitAsync(server.Process, $"the slow reader {name}", CancellationToken.None);
                // It may have gone to another server while this one, which has lost the store, still talks.
                if (_server != server)
                    return;
                while (subscription.TryTake(out var batch))
                {
                    foreach (var published in batch.Events)
                        See(published);
                }
            }

            if (subscription.EndReason is null)
                world.Violate($"reader {name} was cut off without a reason");
        }
        catch (IOException)
        {
            // The store failed under the replay: the connection ends, and the reader comes back.
        }

        if (_server == server)
            _isReading = false;
    }

    private void See(PublishedEvent published)
    {
        if (!published.IsDurable)
        {
            if (published.Type == EventType.PartDelta)
                Grow(published);
            return;
        }

        // Events of a session that was deleted meanwhile are not told any more.
        var log = world.Disk.Committed;
        var lane = published.Lane;
        foreach (var missed in published.Sequence == Position[lane] + 1 ? [] : log.Events)
        {
            if (missed.Lane == lane && missed.Sequence == Position[lane] + 1 && missed.Sequence < published.Sequence && log.IsErased(missed))
                Position = Position.With(lane, missed.Sequence);
        }

        if (published.Sequence != Position[lane] + 1)
            world.Violate($"reader {name} saw event {published.Sequence} of lane {lane} after {Position}");
        if (published.Sequence > world.Disk.Committed.Newest[lane])
            world.Violate($"reader {name} saw event {published.Sequence} of lane {lane} before it was durable");
        Position = Position.With(lane, published.Sequence);
        if (published.Type == EventType.PartUpdated && published.Sequence > _liveAfter[lane])
            Settle(published);
    }

    /// <summary>Deltas, put together, must be the text that is stored in the end.</summary>
    private void Grow(PublishedEvent published)
    {
        using var json = JsonDocument.Parse(published.Json);
        var properties = json.RootElement.GetProperty("properties");
        if (_growing.TryGetValue(properties.GetProperty("partID").GetString()!, out var text))
            text.Append(properties.GetProperty("delta").GetString());
    }

    private void Settle(PublishedEvent published)
    {
        using var json = JsonDocument.Parse(published.Json);
        var part = json.RootElement.GetProperty("properties").GetProperty("part");
        if (!part.TryGetProperty("text", out var text) || !part.TryGetProperty("time", out var time))
            return;
        var id = part.GetProperty("id").GetString()!;
        if (!time.TryGetProperty("end", out _))
            _growing[id] = new StringBuilder(text.GetString());
        else if (_growing.Remove(id, out var grown) && grown.ToString() != text.GetString() && !world.HasFailed && !world.HasStolen)
            world.Violate($"reader {name} heard \"{grown}\" of a part that is \"{text.GetString()}\"");
    }
}

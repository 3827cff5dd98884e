using System.Text;
using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Sessions;

/// <summary>A part whose text arrives in deltas. Deltas are published and not stored; now and then the part is stored as it is.</summary>
internal sealed class GrowingText
{
    private const int CheckpointCharacters = 8 * 1024;
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMilliseconds(250);

    private readonly TurnServices _services;
    private readonly SessionInfo _session;
    private readonly long _start;
    private readonly Func<string, PartTime, Part> _create;
    private readonly StringBuilder _text = new();
    private long _savedAt;
    private int _savedLength;

    public GrowingText(TurnServices services, SessionInfo session, long start, Func<string, PartTime, Part> create)
    {
        _services = services;
        _session = session;
        _start = start;
        _create = create;
        _savedAt = services.Time.GetTimestamp();
        Current = create("", new PartTime(start));
    }

    /// <summary>The part as it was when it began.</summary>
    public Part Current { get; }

    /// <summary>Adds and publishes a delta.</summary>
    public async ValueTask AppendAsync(string delta)
    {
        if (delta.Length == 0)
            return;
        _text.Append(delta);
        var id = _services.Identifiers.NewEvent();
        var json = EventJson.Write(id, EventType.PartDelta, writer => JsonSerializer.Serialize(
            writer, new PartDeltaEvent(_session.ID, Current.MessageID, Current.ID, "text", delta), WireJson.Wire.PartDeltaEvent));
        await _services.Journal.PublishLiveAsync(
            new PublishedEvent(0, _session.ID, -1, _session.Directory, _session.ProjectID, id, EventType.PartDelta, json));
        if (!IsCheckpointDue())
            return;
        _savedAt = _services.Time.GetTimestamp();
        _savedLength = _text.Length;
        var part = _create(_text.ToString(), new PartTime(_start));
        await _services.Journal.PostAsync(transaction => transaction.SavePart(part));
    }

    /// <summary>The whole part, ended.</summary>
    public Part Close(long end) => _create(_text.ToString(), new PartTime(_start, end));

    private bool IsCheckpointDue()
    {
        var grown = _text.Length - _savedLength;
        // Each time it has doubled, so that all checkpoints of a long text together cost twice its length and not its square.
        return grown >= Math.Max(CheckpointCharacters, _text.Length)
            || (_text.Length < 1 << 20 && _services.Time.GetElapsedTime(_savedAt) >= CheckpointInterval);
    }
}

using System.Buffers;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;

namespace Capstan.Engine.Turns;

/// <summary>A part whose text arrives in deltas. Deltas are published and not stored; now and then the part is stored as it is.</summary>
/// <remarks>
/// The text is kept as what both the deltas and the part carry, the inside of a JSON string: it is escaped once, and a text of
/// megabytes is held once, for the store and for all readers.
/// </remarks>
internal sealed class GrowingText
{
    private const int CheckpointBytes = 8 * 1024;
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMilliseconds(250);

    private readonly TurnServices _services;
    private readonly SessionInfo _session;
    private readonly long _start;
    private readonly Func<PartTime, Part> _create;
    private readonly SegmentedBuffer _text = new();
    private char? _half;
    private long _savedAt;
    private long _savedLength;

    /// <summary>Begins a part.</summary>
    /// <param name="services">Where it is stored and published.</param>
    /// <param name="session">Its session.</param>
    /// <param name="start">When it began, in Unix milliseconds.</param>
    /// <param name="create">Makes the part, with an empty text.</param>
    public GrowingText(TurnServices services, SessionInfo session, long start, Func<PartTime, Part> create)
    {
        _services = services;
        _session = session;
        _start = start;
        _create = create;
        _savedAt = services.Time.GetTimestamp();
        Current = create(new PartTime(start));
    }

    /// <summary>The part as it was when it began.</summary>
    public Part Current { get; }

    /// <summary>Adds and publishes a delta.</summary>
    public async ValueTask AppendAsync(string delta)
    {
        delta = Complete(delta);
        if (delta.Length == 0)
            return;
        var published = PartDelta.Create(_services.Identifiers, _session, Current, delta);
        _text.Write(PartDelta.Text(published));
        await _services.Journal.PublishLiveAsync(published);
        if (!IsCheckpointDue())
            return;
        _savedAt = _services.Time.GetTimestamp();
        _savedLength = _text.Length;
        var part = PartJson.Of(_create(new PartTime(_start)), _text.ToSequence());
        // Nothing is lost where this fails: the next one holds all of it again, and so does the end, whose failure is noted.
        await _services.Journal.PostAsync(transaction => transaction.SavePart(part));
    }

    /// <summary>The whole part, ended.</summary>
    public PartJson Close(long end)
    {
        if (_half is not null)
            _text.Write("\uFFFD"u8);
        _half = null;
        return PartJson.Of(_create(new PartTime(_start, end)), _text.ToSequence());
    }

    /// <summary>A model may send the two halves of one character in two deltas; here they travel together.</summary>
    private string Complete(string delta)
    {
        if (delta.Length == 0)
            return delta;
        if (_half is { } half)
            delta = half + delta;
        _half = char.IsHighSurrogate(delta[^1]) ? delta[^1] : null;
        return _half is null ? delta : delta[..^1];
    }

    private bool IsCheckpointDue()
    {
        var grown = _text.Length - _savedLength;
        // Each time it has doubled, so that all checkpoints of a long text together cost twice its length and not its square.
        return grown >= Math.Max(CheckpointBytes, _savedLength)
            || (_text.Length < 1 << 20 && _services.Time.GetElapsedTime(_savedAt) >= CheckpointInterval);
    }
}

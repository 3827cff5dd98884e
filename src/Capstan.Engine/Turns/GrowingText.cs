using System.Buffers;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;

namespace Capstan.Engine.Turns;

/// <summary>
/// A text or reasoning part whose text arrives in deltas. Deltas are published and not stored. From time to time, at a
/// checkpoint, the part is stored with the text that it has so far.
/// </summary>
/// <remarks>
/// The text is kept escaped, as the inside of a JSON string, because both the deltas and the part carry it in that form: it is
/// escaped only once, and a text of megabytes is held only once, for the store and for all readers.
/// </remarks>
internal sealed class GrowingText
{
    private const int CheckpointBytes = 8 * 1024;
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMilliseconds(250);

    private readonly LeasedJournal _journal;
    private readonly IdentifierSource _identifiers;
    private readonly TimeProvider _time;
    private readonly SessionInfo _session;
    private readonly long _start;
    private readonly Func<PartTime, Part> _create;
    private readonly SegmentedBuffer _text = new();
    private char? _half;
    private long _savedAt;
    private long _savedLength;

    /// <summary>Begins a part.</summary>
    /// <param name="journal">What the part is written with.</param>
    /// <param name="identifiers">Makes the identifiers of deltas.</param>
    /// <param name="time">Tells when a checkpoint is due.</param>
    /// <param name="session">The part's session.</param>
    /// <param name="start">When the part began, in Unix milliseconds.</param>
    /// <param name="create">Makes the part with an empty text and the given time.</param>
    public GrowingText(
        LeasedJournal journal, IdentifierSource identifiers, TimeProvider time, SessionInfo session, long start, Func<PartTime, Part> create)
    {
        (_journal, _identifiers, _time) = (journal, identifiers, time);
        _session = session;
        _start = start;
        _create = create;
        _savedAt = time.GetTimestamp();
        Current = create(new PartTime(start));
    }

    /// <summary>The part as it was when it began, with an empty text.</summary>
    public Part Current { get; }

    /// <summary>Appends a delta to the text, publishes it, and stores a checkpoint where one is due.</summary>
    public async ValueTask AppendAsync(string delta)
    {
        delta = Complete(delta);
        if (delta.Length == 0)
            return;
        var published = PartDelta.Create(_identifiers, _session, Current, delta);
        _text.Write(PartDelta.Text(published));
        await _journal.PublishLiveAsync(published);
        if (!IsCheckpointDue())
            return;
        _savedAt = _time.GetTimestamp();
        _savedLength = _text.Length;
        var part = PartJson.Of(_create(new PartTime(_start)), _text.ToSequence());
        // A checkpoint that fails loses nothing, so its failure is not noted: the next checkpoint holds the whole text again, and
        // so does the closed part, whose failure is noted.
        await _journal.PostCheckpointAsync(transaction => transaction.SavePart(part));
    }

    /// <summary>Ends the part, and returns it with its whole text.</summary>
    public PartJson Close(long end)
    {
        if (_half is not null)
            _text.Write("\uFFFD"u8);
        _half = null;
        return PartJson.Of(_create(new PartTime(_start, end)), _text.ToSequence());
    }

    /// <summary>
    /// Holds back the first half of a character until its second half arrives: a model may send the two halves of one character
    /// (a surrogate pair) in two deltas.
    /// </summary>
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
        // Each time the text has doubled, so that all checkpoints of a long text together write about twice its length and not
        // its square. Only a text below 1 MiB is small enough to be stored by the clock as well.
        return grown >= Math.Max(CheckpointBytes, _savedLength)
            || (_text.Length < 1 << 20 && _time.GetElapsedTime(_savedAt) >= CheckpointInterval);
    }
}

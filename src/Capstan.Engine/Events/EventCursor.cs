using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;

namespace Capstan.Engine.Events;

/// <summary>
/// A place in the feed of events. The journal writes the feed in lanes, each with its own numbers, and a cursor holds the number of
/// the last event that its reader has of each lane. Outside this folder and the stores, a cursor is opaque text: what clients send
/// back as <c>Last-Event-ID</c>.
/// </summary>
/// <remarks>
/// Why not one number: several lanes commit at the same time, and a number that is given before the commit can become visible after
/// a higher one, so that a reader which resumes above it loses an event. Within a lane, numbers become visible in their order.
/// </remarks>
public readonly struct EventCursor : IEquatable<EventCursor>
{
    private const char Separator = '-';
    private readonly ImmutableArray<long> _positions;

    /// <summary>Creates a cursor.</summary>
    /// <param name="positions">The number of the last event of each lane, in the order of lanes; 0 for a lane without one.</param>
    public EventCursor(params ImmutableArray<long> positions) => _positions = positions;

    /// <summary>How many lanes the feed has; 0 for the default value, which is no place in any feed.</summary>
    public int LaneCount => _positions.IsDefault ? 0 : _positions.Length;

    /// <summary>The number of the last event of a lane.</summary>
    /// <param name="lane">The lane, from 0.</param>
    public long this[int lane] => _positions[lane];

    /// <summary>The place before the first event of a feed.</summary>
    /// <param name="lanes">How many lanes the feed has.</param>
    public static EventCursor Start(int lanes) => new(ImmutableArray.CreateRange(Enumerable.Repeat(0L, lanes)));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>Whether the text is a cursor; it may be one of another feed.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out EventCursor cursor)
    {
        cursor = default;
        var positions = ImmutableArray.CreateBuilder<long>();
        foreach (var range in text.Split(Separator))
        {
            if (!long.TryParse(text[range], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
                return false;
            positions.Add(position);
        }

        cursor = new EventCursor(positions.ToImmutable());
        return true;
    }

    /// <summary>This place, moved to another event of one lane.</summary>
    public EventCursor With(int lane, long position) => new(_positions.SetItem(lane, position));

    /// <summary>Whether no lane of this place is behind that lane of the other place, which is of the same feed.</summary>
    public bool Reaches(EventCursor other)
    {
        for (var lane = 0; lane < LaneCount; lane++)
        {
            if (_positions[lane] < other._positions[lane])
                return false;
        }

        return true;
    }

    /// <summary>Writes the cursor as ASCII text.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        for (var lane = 0; lane < LaneCount; lane++)
        {
            if (lane > 0)
                output.Write([(byte)Separator]);
            Utf8Formatter.TryFormat(_positions[lane], output.GetSpan(20), out var length);
            output.Advance(length);
        }
    }

    /// <inheritdoc/>
    public bool Equals(EventCursor other) =>
        LaneCount == other.LaneCount && (LaneCount == 0 || _positions.AsSpan().SequenceEqual(other._positions.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EventCursor other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => LaneCount == 0 ? 0 : HashCode.Combine(LaneCount, _positions[0]);

    /// <summary>The cursor as text, for example <c>42</c> or, where the feed has three lanes, <c>12-7-90</c>.</summary>
    public override string ToString() =>
        LaneCount == 0 ? "" : string.Join(Separator, _positions.Select(static position => position.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Whether two cursors are the same place.</summary>
    public static bool operator ==(EventCursor left, EventCursor right) => left.Equals(right);

    /// <summary>Whether two cursors are different places.</summary>
    public static bool operator !=(EventCursor left, EventCursor right) => !left.Equals(right);
}

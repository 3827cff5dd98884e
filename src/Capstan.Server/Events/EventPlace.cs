using System.Globalization;

namespace Capstan.Server.Events;

/// <summary>A reader's place in an event stream: the SSE id of the last frame that the reader has.</summary>
/// <param name="Sequence">The sequence number of the frame's event.</param>
/// <param name="IsLastFrame">
/// Whether the event has no further frame. The id <c>42.1</c> is such a place; <c>42</c> is the event's first frame.
/// </param>
internal readonly record struct EventPlace(long Sequence, bool IsLastFrame)
{
    private const string LastFrame = ".1";

    /// <summary>Parses an SSE id; null where it is not an id of Capstan's.</summary>
    public static EventPlace? Parse(string? id)
    {
        if (id is null)
            return null;
        var isLastFrame = id.EndsWith(LastFrame, StringComparison.Ordinal);
        var number = isLastFrame ? id.AsSpan(0, id.Length - LastFrame.Length) : id;
        return long.TryParse(number, CultureInfo.InvariantCulture, out var sequence) ? new EventPlace(sequence, isLastFrame) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}{(IsLastFrame ? LastFrame : "")}");
}

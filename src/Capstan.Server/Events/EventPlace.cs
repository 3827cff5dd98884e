using System.Globalization;

namespace Capstan.Server.Events;

/// <summary>Where a reader is in a stream: the SSE id of the last frame that it has.</summary>
/// <param name="Sequence">The number of the event.</param>
/// <param name="IsLastFrame">Whether nothing of that event follows: written <c>42.1</c>, where <c>42</c> is its first frame.</param>
internal readonly record struct EventPlace(long Sequence, bool IsLastFrame)
{
    private const string LastFrame = ".1";

    /// <summary>Reads an id; what is none of ours is none.</summary>
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

using System.Globalization;

namespace Capstan.Server.Events;

/// <summary>Where a reader is in a stream: the SSE id of the last frame that it has.</summary>
/// <param name="Sequence">The number of the event.</param>
/// <param name="IsWhole">Whether nothing of that event follows: written <c>42.1</c>, where <c>42</c> is its first frame.</param>
internal readonly record struct EventPlace(long Sequence, bool IsWhole)
{
    private const string Whole = ".1";

    /// <summary>Reads an id; what is none of ours is none.</summary>
    public static EventPlace? Parse(string? id)
    {
        if (id is null)
            return null;
        var isWhole = id.EndsWith(Whole, StringComparison.Ordinal);
        var number = isWhole ? id.AsSpan(0, id.Length - Whole.Length) : id;
        return long.TryParse(number, CultureInfo.InvariantCulture, out var sequence) ? new EventPlace(sequence, isWhole) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}{(IsWhole ? Whole : "")}");
}

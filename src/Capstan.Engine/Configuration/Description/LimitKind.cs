using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>A whole number with a range, as Capstan's own settings have it.</summary>
/// <param name="Unit">What the number counts.</param>
/// <param name="Least">The smallest value that is allowed.</param>
/// <param name="Most">The largest value that is allowed.</param>
internal sealed record LimitKind(LimitUnit Unit, long Least, long Most) : KeyKind("a whole number")
{
    /// <summary>Whether a number is in the range.</summary>
    public bool Holds(long number) => number >= Least && number <= Most;

    /// <inheritdoc/>
    public override bool Fits(JsonNode value) => value.AsWhole() is not null;
}

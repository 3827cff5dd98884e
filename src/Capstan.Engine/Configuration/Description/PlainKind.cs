using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>A value that fits or does not as a whole: what is wrong with it is said of the key, and not of something within.</summary>
/// <param name="Words">What is expected, in words.</param>
/// <param name="Test">Whether a value is such a one.</param>
internal sealed record PlainKind(string Words, Func<JsonNode, bool> Test) : KeyKind(Words)
{
    /// <summary>The objects that the value may be or hold; null where there are none.</summary>
    public ObjectKind? Within { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ObjectKind> Objects => Within is null ? [] : [Within];

    /// <inheritdoc/>
    public override bool Fits(JsonNode value) => Test(value);
}

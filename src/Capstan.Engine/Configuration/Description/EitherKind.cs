using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>A value of one of several kinds.</summary>
/// <param name="Words">What is expected, in words.</param>
/// <param name="Alternatives">The kinds.</param>
internal sealed record EitherKind(string Words, params IReadOnlyList<KeyKind> Alternatives) : KeyKind(Words)
{
    /// <summary>The only object among the alternatives: whoever writes an object means this one. Null where there are several.</summary>
    public ObjectKind? OnlyObject { get; } = Alternatives.OfType<ObjectKind>().ToArray() is [var only] ? only : null;

    /// <inheritdoc/>
    public override IEnumerable<ObjectKind> Objects => Alternatives.SelectMany(static kind => kind.Objects);

    /// <inheritdoc/>
    public override bool Fits(JsonNode value) => Alternatives.Any(kind => ConfigCheck.Of(value, kind).Count == 0);
}

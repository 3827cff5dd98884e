using System.Text.Json;

namespace Capstan.Contract;

/// <summary>Text of a user or of the model.</summary>
public sealed record TextPart : Part
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Whether the server wrote it on the user's behalf.</summary>
    public bool? Synthetic { get; init; }

    /// <summary>Whether it is kept from the model.</summary>
    public bool? Ignored { get; init; }

    /// <summary>When the model wrote it.</summary>
    public PartTime? Time { get; init; }

    /// <summary>The client's or provider's own data.</summary>
    public JsonElement? Metadata { get; init; }
}

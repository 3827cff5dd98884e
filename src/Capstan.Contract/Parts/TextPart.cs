using System.Text.Json;

namespace Capstan.Contract;

/// <summary>Text that a user or the model wrote.</summary>
public sealed record TextPart : Part
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>Whether the server or the client wrote the text on the user's behalf.</summary>
    public bool? Synthetic { get; init; }

    /// <summary>Whether the model is not given the text.</summary>
    public bool? Ignored { get; init; }

    /// <summary>When the text was written.</summary>
    public PartTime? Time { get; init; }

    /// <summary>The client's or the provider's own data about the text.</summary>
    public JsonElement? Metadata { get; init; }
}

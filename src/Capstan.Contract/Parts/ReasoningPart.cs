using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The model's reasoning, where it shows it.</summary>
public sealed record ReasoningPart : Part
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>When the model wrote it.</summary>
    public required PartTime Time { get; init; }

    /// <summary>The provider's own data, such as a signature.</summary>
    public JsonElement? Metadata { get; init; }
}

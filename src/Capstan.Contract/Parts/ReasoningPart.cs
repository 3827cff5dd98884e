using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The model's reasoning, where the provider shows it.</summary>
public sealed record ReasoningPart : Part
{
    /// <summary>The text of the reasoning.</summary>
    public required string Text { get; init; }

    /// <summary>When the model wrote the reasoning.</summary>
    public required PartTime Time { get; init; }

    /// <summary>The provider's own data about the reasoning, such as a signature.</summary>
    public JsonElement? Metadata { get; init; }
}

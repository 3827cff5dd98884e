using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>Marks where a session's history was summarised.</summary>
public sealed record CompactionPart : Part
{
    /// <summary>Whether the server decided it, rather than a person.</summary>
    public required bool Auto { get; init; }

    /// <summary>Whether the context had overflowed.</summary>
    public bool? Overflow { get; init; }

    /// <summary>The first message that is kept word for word.</summary>
    [JsonPropertyName("tail_start_id")]
    public string? TailStartID { get; init; }
}

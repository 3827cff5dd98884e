using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>Marks where a session's history was summarised.</summary>
public sealed record CompactionPart : Part
{
    /// <summary>Whether the server decided on the compaction, and not a person.</summary>
    public required bool Auto { get; init; }

    /// <summary>Whether the context had overflowed.</summary>
    public bool? Overflow { get; init; }

    /// <summary>The identifier of the first message that the compaction keeps word for word.</summary>
    [JsonPropertyName("tail_start_id")]
    public string? TailStartID { get; init; }
}

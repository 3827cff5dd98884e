using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>A part of a message (OpenCode schema <c>Part</c>).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ReasoningPart), "reasoning")]
[JsonDerivedType(typeof(FilePart), "file")]
[JsonDerivedType(typeof(ToolPart), "tool")]
[JsonDerivedType(typeof(StepStartPart), "step-start")]
[JsonDerivedType(typeof(StepFinishPart), "step-finish")]
[JsonDerivedType(typeof(PatchPart), "patch")]
[JsonDerivedType(typeof(AgentPart), "agent")]
[JsonDerivedType(typeof(SubtaskPart), "subtask")]
[JsonDerivedType(typeof(CompactionPart), "compaction")]
public abstract record Part
{
    /// <summary>The part's identifier, <c>prt_…</c>.</summary>
    public required string ID { get; init; }

    /// <summary>The session that the part belongs to.</summary>
    public required string SessionID { get; init; }

    /// <summary>The message that the part belongs to.</summary>
    public required string MessageID { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>A part of a prompt as a client sends it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Text), "text")]
[JsonDerivedType(typeof(File), "file")]
[JsonDerivedType(typeof(AgentMention), "agent")]
[JsonDerivedType(typeof(Subtask), "subtask")]
public abstract record PartInput
{
    /// <summary>The client's identifier for the part, <c>prt…</c>.</summary>
    public string? ID { get; init; }

    /// <summary>Text.</summary>
    public sealed record Text : PartInput
    {
        /// <summary>The text (wire name <c>text</c>).</summary>
        [JsonPropertyName("text")]
        public required string Content { get; init; }

        /// <summary>Whether the client wrote it on the user's behalf.</summary>
        public bool? Synthetic { get; init; }

        /// <summary>Whether it is kept from the model.</summary>
        public bool? Ignored { get; init; }

        /// <summary>When it was written.</summary>
        public PartTime? Time { get; init; }

        /// <summary>The client's own data.</summary>
        public JsonElement? Metadata { get; init; }
    }

    /// <summary>A file.</summary>
    public sealed record File : PartInput
    {
        /// <summary>The media type.</summary>
        public required string Mime { get; init; }

        /// <summary>The file's name.</summary>
        public string? Filename { get; init; }

        /// <summary>A <c>file:</c>, <c>data:</c> or <c>https:</c> address.</summary>
        public required string Url { get; init; }

        /// <summary>Where in the text it was mentioned.</summary>
        public JsonElement? Source { get; init; }
    }

    /// <summary>A mention of an agent.</summary>
    public sealed record AgentMention : PartInput
    {
        /// <summary>The agent's name.</summary>
        public required string Name { get; init; }

        /// <summary>Where in the text it was mentioned.</summary>
        public JsonElement? Source { get; init; }
    }

    /// <summary>A task for a subagent.</summary>
    public sealed record Subtask : PartInput
    {
        /// <summary>What the subagent is told.</summary>
        public required string Prompt { get; init; }

        /// <summary>The task in a few words.</summary>
        public required string Description { get; init; }

        /// <summary>The subagent's name.</summary>
        public required string Agent { get; init; }

        /// <summary>The model that the subagent is to use.</summary>
        public ModelRef? Model { get; init; }

        /// <summary>The command that asked for it.</summary>
        public string? Command { get; init; }
    }
}

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

    /// <summary>A text.</summary>
    public sealed record Text : PartInput
    {
        /// <summary>The text (wire name <c>text</c>).</summary>
        [JsonPropertyName("text")]
        public required string Content { get; init; }

        /// <summary>Whether the client wrote the text on the user's behalf.</summary>
        public bool? Synthetic { get; init; }

        /// <summary>Whether the model is not given the text.</summary>
        public bool? Ignored { get; init; }

        /// <summary>When the text was written.</summary>
        public PartTime? Time { get; init; }

        /// <summary>The client's own data about the text.</summary>
        public JsonElement? Metadata { get; init; }
    }

    /// <summary>A file.</summary>
    public sealed record File : PartInput
    {
        /// <summary>The file's media type.</summary>
        public required string Mime { get; init; }

        /// <summary>The file's name.</summary>
        public string? Filename { get; init; }

        /// <summary>The file's URL: <c>file:</c>, <c>data:</c> or <c>https:</c>.</summary>
        public required string Url { get; init; }

        /// <summary>Where the prompt's text mentions the file.</summary>
        public JsonElement? Source { get; init; }
    }

    /// <summary>A mention of an agent.</summary>
    public sealed record AgentMention : PartInput
    {
        /// <summary>The agent's name.</summary>
        public required string Name { get; init; }

        /// <summary>Where the prompt's text mentions the agent.</summary>
        public JsonElement? Source { get; init; }
    }

    /// <summary>A task for a subagent.</summary>
    public sealed record Subtask : PartInput
    {
        /// <summary>The prompt for the subagent.</summary>
        public required string Prompt { get; init; }

        /// <summary>The task in a few words.</summary>
        public required string Description { get; init; }

        /// <summary>The subagent's name.</summary>
        public required string Agent { get; init; }

        /// <summary>The model that the subagent uses.</summary>
        public ModelRef? Model { get; init; }

        /// <summary>The command that asked for the task.</summary>
        public string? Command { get; init; }
    }
}

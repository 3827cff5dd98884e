using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>The state of a tool call: pending, running, then completed or error (OpenCode schema <c>ToolState</c>).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "status")]
[JsonDerivedType(typeof(Pending), "pending")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Error), "error")]
public abstract record ToolState
{
    /// <summary>The arguments that the model gave; an empty object while they arrive.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>The model has begun to write the tool call.</summary>
    public sealed record Pending : ToolState
    {
        /// <summary>The unparsed arguments; always empty, as on OpenCode's wire.</summary>
        public string Raw { get; init; } = "";
    }

    /// <summary>The tool call runs, or nobody has answered its permission request yet.</summary>
    public sealed record Running : ToolState
    {
        /// <summary>What the tool call does, in a few words.</summary>
        public string? Title { get; init; }

        /// <summary>The tool's own data, as far as there are any.</summary>
        public JsonObject? Metadata { get; init; }

        /// <summary>When the tool call began.</summary>
        public required PartTime Time { get; init; }
    }

    /// <summary>The tool call has returned.</summary>
    public sealed record Completed : ToolState
    {
        /// <summary>The text that the model gets.</summary>
        public required string Output { get; init; }

        /// <summary>What the tool call did, in a few words.</summary>
        public required string Title { get; init; }

        /// <summary>The tool's own data.</summary>
        public required JsonObject Metadata { get; init; }

        /// <summary>When the tool call began and ended.</summary>
        public required ToolTime Time { get; init; }

        /// <summary>Files that the tool returned.</summary>
        public IReadOnlyList<FilePart>? Attachments { get; init; }
    }

    /// <summary>The tool call failed, was denied or was interrupted.</summary>
    public sealed record Error : ToolState
    {
        /// <summary>The reason, which the model gets (wire name <c>error</c>).</summary>
        [JsonPropertyName("error")]
        public required string Message { get; init; }

        /// <summary>The tool's own data; <c>interrupted</c> is true where the tool call did not end by itself.</summary>
        public JsonObject? Metadata { get; init; }

        /// <summary>When the tool call began and ended.</summary>
        public required ToolTime Time { get; init; }
    }
}

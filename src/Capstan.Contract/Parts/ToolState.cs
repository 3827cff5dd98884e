using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>Where a tool call stands: pending, running, then completed or error (OpenCode schema <c>ToolState</c>).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "status")]
[JsonDerivedType(typeof(Pending), "pending")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(Completed), "completed")]
[JsonDerivedType(typeof(Error), "error")]
public abstract record ToolState
{
    /// <summary>What the model gave as arguments; an empty object while they arrive.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>The model has begun the call.</summary>
    public sealed record Pending : ToolState
    {
        /// <summary>The unparsed arguments; always empty, as on OpenCode's wire.</summary>
        public string Raw { get; init; } = "";
    }

    /// <summary>The call is being executed, or waits for a permission.</summary>
    public sealed record Running : ToolState
    {
        /// <summary>What is being done, in a few words.</summary>
        public string? Title { get; init; }

        /// <summary>The tool's own data so far.</summary>
        public JsonObject? Metadata { get; init; }

        /// <summary>When the call began.</summary>
        public required PartTime Time { get; init; }
    }

    /// <summary>The call returned.</summary>
    public sealed record Completed : ToolState
    {
        /// <summary>What the model is given.</summary>
        public required string Output { get; init; }

        /// <summary>What was done, in a few words.</summary>
        public required string Title { get; init; }

        /// <summary>The tool's own data.</summary>
        public required JsonObject Metadata { get; init; }

        /// <summary>When the call began and ended.</summary>
        public required ToolTime Time { get; init; }

        /// <summary>Files that the tool returned.</summary>
        public IReadOnlyList<FilePart>? Attachments { get; init; }
    }

    /// <summary>The call failed, was denied or was interrupted.</summary>
    public sealed record Error : ToolState
    {
        /// <summary>The reason, which the model is given (wire name <c>error</c>).</summary>
        [JsonPropertyName("error")]
        public required string Message { get; init; }

        /// <summary>The tool's own data; <c>interrupted</c> is true where the call did not end by itself.</summary>
        public JsonObject? Metadata { get; init; }

        /// <summary>When the call began and ended.</summary>
        public required ToolTime Time { get; init; }
    }
}

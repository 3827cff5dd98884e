using System.Text.Json;

namespace Capstan.Contract;

/// <summary>One step of a turn: what one model call produced (OpenCode schema <c>AssistantMessage</c>).</summary>
public sealed record AssistantMessage : MessageInfo
{
    /// <summary>The user message that this message answers.</summary>
    public required string ParentID { get; init; }

    /// <summary>The model's identifier.</summary>
    public required string ModelID { get; init; }

    /// <summary>The provider's identifier.</summary>
    public required string ProviderID { get; init; }

    /// <summary>The agent's name once more, because older clients read it here.</summary>
    public required string Mode { get; init; }

    /// <summary>The directories in which the step ran.</summary>
    public required MessagePath Path { get; init; }

    /// <summary>The cost of this step, in US dollars.</summary>
    public double Cost { get; init; }

    /// <summary>The tokens of this step.</summary>
    public TokenUsage Tokens { get; init; } = TokenUsage.Zero;

    /// <summary>The reasoning preset; absent where none was asked for.</summary>
    public string? Variant { get; init; }

    /// <summary>Whether this is the summary of a compaction.</summary>
    public bool? Summary { get; init; }

    /// <summary>Why the model stopped; absent while the step runs, after an abort and after an error.</summary>
    public string? Finish { get; init; }

    /// <summary>The error of the step; absent where there was none.</summary>
    public MessageError? Error { get; init; }

    /// <summary>The answer in the form that the prompt asked for.</summary>
    public JsonElement? Structured { get; init; }
}

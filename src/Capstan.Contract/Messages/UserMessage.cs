using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A prompt, or a message that only adds context (OpenCode schema <c>UserMessage</c>).</summary>
public sealed record UserMessage : MessageInfo
{
    /// <summary>The model that answers the message.</summary>
    public required ModelRef Model { get; init; }

    /// <summary>The form that the answer must have.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>The changes that the turn made in files; absent until they are known.</summary>
    public MessageSummary? Summary { get; init; }

    /// <summary>A further system prompt for this message.</summary>
    public string? System { get; init; }

    /// <summary>Tools that are switched on or off for this message, by name.</summary>
    public IReadOnlyDictionary<string, bool>? Tools { get; init; }
}

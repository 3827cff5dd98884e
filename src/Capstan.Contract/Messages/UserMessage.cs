using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A prompt or an injection (OpenCode schema <c>UserMessage</c>).</summary>
public sealed record UserMessage : MessageInfo
{
    /// <summary>The model that is to answer.</summary>
    public required ModelRef Model { get; init; }

    /// <summary>The shape that the answer must have.</summary>
    public JsonElement? Format { get; init; }

    /// <summary>What the turn changed in files, once it is known.</summary>
    public MessageSummary? Summary { get; init; }

    /// <summary>A further system prompt for this message.</summary>
    public string? System { get; init; }

    /// <summary>Tools switched on and off for this message.</summary>
    public IReadOnlyDictionary<string, bool>? Tools { get; init; }
}

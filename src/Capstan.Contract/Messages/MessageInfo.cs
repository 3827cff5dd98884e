using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>A message without its parts (OpenCode schema <c>Message</c>).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "role")]
[JsonDerivedType(typeof(UserMessage), "user")]
[JsonDerivedType(typeof(AssistantMessage), "assistant")]
public abstract record MessageInfo
{
    /// <summary>The message's identifier, <c>msg_…</c>.</summary>
    public required string ID { get; init; }

    /// <summary>The session that it belongs to.</summary>
    public required string SessionID { get; init; }

    /// <summary>When it was created and completed.</summary>
    public required MessageTime Time { get; init; }

    /// <summary>The agent that it was written for or by.</summary>
    public required string Agent { get; init; }
}

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

    /// <summary>The session that the message belongs to.</summary>
    public required string SessionID { get; init; }

    /// <summary>When the message was created and completed.</summary>
    public required MessageTime Time { get; init; }

    /// <summary>The agent that answers the message, or wrote it.</summary>
    public required string Agent { get; init; }
}

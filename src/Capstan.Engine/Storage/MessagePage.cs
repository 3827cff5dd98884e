namespace Capstan.Engine.Storage;

/// <summary>A page of a session's messages, oldest first.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="HasMore">Whether the session has messages older than these.</param>
public sealed record MessagePage(IReadOnlyList<MessageRow> Messages, bool HasMore);

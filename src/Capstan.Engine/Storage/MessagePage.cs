namespace Capstan.Engine.Storage;

/// <summary>Messages, oldest first.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="HasMore">Whether there are older ones.</param>
public sealed record MessagePage(IReadOnlyList<MessageRow> Messages, bool HasMore);

namespace Capstan.Engine.Turns;

/// <summary>How a turn ended for one of its prompts.</summary>
/// <param name="MessageID">
/// The last assistant message; null where the prompt was withdrawn, its session was deleted, or the server stopped first.
/// </param>
public sealed record TurnResult(string? MessageID);

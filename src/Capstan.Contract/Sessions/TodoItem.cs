namespace Capstan.Contract;

/// <summary>One entry of a session's task list (OpenCode schema <c>Todo</c>).</summary>
/// <param name="Content">What is to be done.</param>
/// <param name="Status">pending, in_progress, completed or cancelled.</param>
/// <param name="Priority">high, medium or low.</param>
public sealed record TodoItem(string Content, string Status, string Priority);

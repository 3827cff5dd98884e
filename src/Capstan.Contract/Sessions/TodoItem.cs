namespace Capstan.Contract;

/// <summary>One entry of a session's task list (OpenCode schema <c>Todo</c>).</summary>
/// <param name="Content">The task in words.</param>
/// <param name="Status">The task's status: pending, in_progress, completed or cancelled.</param>
/// <param name="Priority">The task's priority: high, medium or low.</param>
public sealed record TodoItem(string Content, string Status, string Priority);

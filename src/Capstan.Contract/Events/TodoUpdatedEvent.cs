namespace Capstan.Contract;

/// <summary>The properties of <c>todo.updated</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Todos">The whole task list.</param>
public sealed record TodoUpdatedEvent(string SessionID, IReadOnlyList<TodoItem> Todos);

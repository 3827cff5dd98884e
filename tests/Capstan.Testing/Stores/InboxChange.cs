namespace Capstan.Testing.Stores;

/// <summary>One step of a prompt through the inbox.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="SessionID">The session.</param>
/// <param name="MessageID">The prompt.</param>
/// <param name="TurnID">The turn that took it up.</param>
public sealed record InboxChange(InboxChangeKind Kind, string SessionID, string MessageID, string? TurnID = null);

namespace Capstan.Contract;

/// <summary>A prompt that was admitted and is not answered yet, as <c>GET /session/{id}/inbox</c> lists it.</summary>
/// <param name="MessageID">The user message that holds the prompt.</param>
/// <param name="Delivery">When the prompt may be taken up.</param>
/// <param name="State"><c>waiting</c>, or <c>taken</c> where the running turn has taken the prompt up.</param>
public sealed record InboxEntry(string MessageID, Delivery Delivery, string State);

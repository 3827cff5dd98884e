namespace Capstan.Contract;

/// <summary>A prompt that was admitted and is not answered yet, as <c>GET /session/{id}/inbox</c> lists it.</summary>
/// <param name="MessageID">The user message.</param>
/// <param name="Delivery">When it may be taken up.</param>
/// <param name="State"><c>waiting</c>, or <c>taken</c> by the turn that runs.</param>
public sealed record InboxEntry(string MessageID, Delivery Delivery, string State);

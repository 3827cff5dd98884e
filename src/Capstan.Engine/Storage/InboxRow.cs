using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A prompt that was admitted and whose turn has not ended.</summary>
/// <param name="SessionID">The prompt's session.</param>
/// <param name="MessageID">The user message that holds the prompt.</param>
/// <param name="Position">The prompt's place in the order of admission.</param>
/// <param name="Delivery">When a turn may take the prompt up.</param>
/// <param name="TurnID">The turn that took the prompt up; null while it waits in the inbox.</param>
/// <param name="Resumptions">How often that turn was taken up again after its process had died.</param>
public sealed record InboxRow(
    string SessionID, string MessageID, long Position, Delivery Delivery, string? TurnID = null, int Resumptions = 0);

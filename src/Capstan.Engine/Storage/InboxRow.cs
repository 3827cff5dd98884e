using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A prompt that was admitted and whose turn has not ended.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="MessageID">The user message.</param>
/// <param name="Position">Its place in the order of admission.</param>
/// <param name="Delivery">When it may be taken up.</param>
/// <param name="TurnID">The turn that took it up; null while it waits.</param>
/// <param name="Resumptions">How often that turn was taken up again after its process had died.</param>
public sealed record InboxRow(
    string SessionID, string MessageID, long Position, Delivery Delivery, string? TurnID = null, int Resumptions = 0);

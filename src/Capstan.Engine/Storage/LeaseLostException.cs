namespace Capstan.Engine.Storage;

/// <summary>A turn's write was refused, because the turn does not hold its session's lease any more. Nothing of the write is kept.</summary>
public sealed class LeaseLostException(string sessionID)
    : Exception($"The turn of {sessionID} was taken over by another owner; nothing that this turn writes is kept any more.")
{
    /// <summary>The session.</summary>
    public string SessionID { get; } = sessionID;
}

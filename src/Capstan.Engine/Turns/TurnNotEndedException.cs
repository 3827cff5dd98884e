namespace Capstan.Engine.Turns;

/// <summary>
/// A turn was told to end and has not ended: its store or the engine fails, or the server stops. The turn stays told to end.
/// </summary>
public sealed class TurnNotEndedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="sessionID">The session of the turn.</param>
    public TurnNotEndedException(string sessionID)
        : base($"The turn of session {sessionID} has not ended: the engine failed, or the server stops. It is tried again.")
    {
    }
}

namespace Capstan.Engine.Turns;

/// <summary>A turn was to end and has not: its store fails, or the server stops. It is still asked to.</summary>
public sealed class TurnNotEndedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="sessionID">The session of the turn.</param>
    public TurnNotEndedException(string sessionID)
        : base($"The turn of session {sessionID} has not ended: the engine failed, or the server stops. It is tried again.")
    {
    }
}

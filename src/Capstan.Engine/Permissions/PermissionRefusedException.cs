namespace Capstan.Engine.Permissions;

/// <summary>A permission was refused; the message is what the model is told.</summary>
public sealed class PermissionRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What the model is told.</param>
    /// <param name="endsTurn">
    /// Whether the turn ends: a person rejected the call without saying what to do instead, or the session was deleted.
    /// </param>
    public PermissionRefusedException(string message, bool endsTurn = false)
        : base(message) => EndsTurn = endsTurn;

    /// <summary>Whether the turn ends with this step.</summary>
    public bool EndsTurn { get; }
}

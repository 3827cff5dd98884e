namespace Capstan.Engine.Storage;

/// <summary>The store cannot be reached at the moment. What was asked for can be asked for again, later.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which store it is, and what is known of the reason.</param>
    /// <param name="inner">The error that the system or the database library reported.</param>
    public StoreUnavailableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

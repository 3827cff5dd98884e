namespace Capstan.Engine.Storage;

/// <summary>
/// The store cannot be opened, for a reason that the server's operator can remove. The message says the reason in words.
/// </summary>
public sealed class StoreUnusableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="inner">The error that the system or the database library reported.</param>
    public StoreUnusableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

namespace Capstan.Engine.Storage;

/// <summary>The store cannot be opened, for a reason that whoever runs the server can mend. The message says which, in words.</summary>
public sealed class StoreUnusableException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="inner">What the system said.</param>
    public StoreUnusableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

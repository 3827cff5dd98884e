using Capstan.Contract;

namespace Capstan.Engine.Models;

/// <summary>A model call failed. The exception says what to show, and whether the same call may succeed later.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What the message and <c>session.error</c> show.</param>
    /// <param name="isRetryable">Whether the same call may succeed later.</param>
    /// <param name="retryAfter">How long the provider asks to wait before the next call; null where it names no time.</param>
    /// <param name="innerException">The cause.</param>
    public ModelException(MessageError error, bool isRetryable, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(error.Data.Message, innerException)
    {
        Error = error;
        IsRetryable = isRetryable;
        RetryAfter = retryAfter;
    }

    /// <summary>What the message and <c>session.error</c> show.</summary>
    public MessageError Error { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsRetryable { get; }

    /// <summary>How long the provider asks to wait before the next call; null where it names no time.</summary>
    public TimeSpan? RetryAfter { get; }
}

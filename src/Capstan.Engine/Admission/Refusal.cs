namespace Capstan.Engine.Admission;

/// <summary>Why a request was not accepted; nothing was stored.</summary>
/// <param name="Kind">The kind of what is wrong.</param>
/// <param name="Message">What is wrong, where, and what to do about it.</param>
public sealed record Refusal(RefusalKind Kind, string Message)
{
    /// <summary>The refusal of a request for a session that does not exist.</summary>
    public static Refusal NoSession(string sessionID) => new(RefusalKind.NotFound, $"Session not found: {sessionID}");

    /// <summary>The refusal of a request that contradicts itself, the configuration or the contract.</summary>
    public static Refusal Invalid(string message) => new(RefusalKind.Invalid, message);
}

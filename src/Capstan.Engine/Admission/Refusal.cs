namespace Capstan.Engine.Admission;

/// <summary>Why a request was not accepted; nothing was stored.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Message">What, where, and what to do.</param>
public sealed record Refusal(RefusalKind Kind, string Message)
{
    /// <summary>There is no such session.</summary>
    public static Refusal NoSession(string sessionID) => new(RefusalKind.NotFound, $"Session not found: {sessionID}");

    /// <summary>The request contradicts itself, the configuration or the contract.</summary>
    public static Refusal Invalid(string message) => new(RefusalKind.Invalid, message);
}

namespace Capstan.Engine.Storage;

/// <summary>Which messages of a session to read.</summary>
/// <param name="SessionID">The session.</param>
public sealed record MessageQuery(string SessionID)
{
    /// <summary>How many messages to read, the newest ones; all where null or 0.</summary>
    public int? Limit { get; init; }

    /// <summary>The identifier of a message: only messages before it are read.</summary>
    public string? Before { get; init; }
}

namespace Capstan.Engine.Storage;

/// <summary>Which messages of a session to read.</summary>
/// <param name="SessionID">The session.</param>
public sealed record MessageQuery(string SessionID)
{
    /// <summary>The newest so many; all where null or 0.</summary>
    public int? Limit { get; init; }

    /// <summary>Only those before this message.</summary>
    public string? Before { get; init; }
}

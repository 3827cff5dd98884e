namespace Capstan.Contract;

/// <summary>The times of a session, in Unix milliseconds.</summary>
/// <param name="Created">When the session was created.</param>
/// <param name="Updated">When the session last changed.</param>
public sealed record SessionTime(long Created, long Updated)
{
    /// <summary>When the session was archived; absent where it was not.</summary>
    public long? Archived { get; init; }
}

namespace Capstan.Contract;

/// <summary>The moments of a session, in Unix milliseconds.</summary>
/// <param name="Created">When it was created.</param>
/// <param name="Updated">When it last changed.</param>
public sealed record SessionTime(long Created, long Updated)
{
    /// <summary>When it was archived, if it was.</summary>
    public long? Archived { get; init; }
}

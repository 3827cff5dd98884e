namespace Capstan.Contract;

/// <summary>How many lines and files a session has changed.</summary>
/// <param name="Additions">How many lines were added.</param>
/// <param name="Deletions">How many lines were removed.</param>
/// <param name="Files">How many files were changed.</param>
public sealed record SessionSummary(int Additions, int Deletions, int Files)
{
    /// <summary>The summary of a session that has changed nothing.</summary>
    public static SessionSummary None { get; } = new(0, 0, 0);
}

namespace Capstan.Contract;

/// <summary>What a session changed in files.</summary>
/// <param name="Additions">Lines added.</param>
/// <param name="Deletions">Lines removed.</param>
/// <param name="Files">Files changed.</param>
public sealed record SessionSummary(int Additions, int Deletions, int Files)
{
    /// <summary>Nothing changed.</summary>
    public static SessionSummary None { get; } = new(0, 0, 0);
}

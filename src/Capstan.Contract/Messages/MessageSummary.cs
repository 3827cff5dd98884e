namespace Capstan.Contract;

/// <summary>The changes that the turn of a user message made in files.</summary>
/// <param name="Diffs">The changes, one entry for each file.</param>
public sealed record MessageSummary(IReadOnlyList<FileDiff> Diffs)
{
    /// <summary>The summary of a turn that changed nothing.</summary>
    public static MessageSummary None { get; } = new([]);
}

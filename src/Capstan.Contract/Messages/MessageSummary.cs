namespace Capstan.Contract;

/// <summary>What the turn of a user message changed.</summary>
/// <param name="Diffs">One entry a changed file.</param>
public sealed record MessageSummary(IReadOnlyList<FileDiff> Diffs)
{
    /// <summary>Nothing changed.</summary>
    public static MessageSummary None { get; } = new([]);
}

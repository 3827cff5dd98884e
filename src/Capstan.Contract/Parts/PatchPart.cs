namespace Capstan.Contract;

/// <summary>The files that a step changed.</summary>
public sealed record PatchPart : Part
{
    /// <summary>The snapshot's tree before the change.</summary>
    public required string Hash { get; init; }

    /// <summary>The absolute paths of the files.</summary>
    public required IReadOnlyList<string> Files { get; init; }
}

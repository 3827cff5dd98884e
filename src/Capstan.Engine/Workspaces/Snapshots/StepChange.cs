namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>What a step did to the files.</summary>
/// <param name="Before">The tree before the step; null where it is not known.</param>
/// <param name="After">The tree after the step; null where it is not known.</param>
/// <param name="Files">The absolute paths of the files that differ.</param>
internal sealed record StepChange(string? Before, string? After, IReadOnlyList<string> Files)
{
    /// <summary>Nothing is known.</summary>
    public static StepChange Unknown { get; } = new(null, null, []);
}

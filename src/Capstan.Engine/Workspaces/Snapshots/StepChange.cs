namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>How a step changed files.</summary>
/// <param name="Before">The tree before the step; null where it is unknown.</param>
/// <param name="After">The tree after the step; null where it is unknown.</param>
/// <param name="Files">The absolute paths of the files that differ between the two trees.</param>
internal sealed record StepChange(string? Before, string? After, IReadOnlyList<string> Files)
{
    /// <summary>The change of a step of which nothing is known.</summary>
    public static StepChange Unknown { get; } = new(null, null, []);
}

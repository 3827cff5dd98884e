namespace Capstan.Engine.Configuration.Settings;

/// <summary>
/// How long files of the data directory are kept, and how many bytes of them. A setting that is absent keeps its default.
/// </summary>
public sealed record RetentionSettings
{
    private const long SevenDays = 7L * 24 * 60 * 60 * 1000;

    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static RetentionSettings Default { get; } = new()
    {
        ToolOutputAge = SevenDays,
        ToolOutputBytes = 1L << 30,
        SnapshotAge = SevenDays,
        SnapshotBytes = 4L << 30,
    };

    /// <summary>
    /// How long the full text of a tool's output is kept after the last write to it, in milliseconds.
    /// </summary>
    public long? ToolOutputAge { get; init; }

    /// <summary>How many bytes of such texts are kept, the newest first.</summary>
    public long? ToolOutputBytes { get; init; }

    /// <summary>
    /// How long objects of snapshots are kept that no later snapshot needs, in milliseconds.
    /// </summary>
    public long? SnapshotAge { get; init; }

    /// <summary>How many bytes of objects of snapshots are kept.</summary>
    public long? SnapshotBytes { get; init; }
}

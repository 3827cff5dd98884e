using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Retention;

/// <summary>
/// How long files of the data directory are kept, and how much of them. The defaults are those of the settings,
/// <see cref="RetentionSettings.Default"/>.
/// </summary>
public sealed record RetentionOptions
{
    /// <summary>How long the full text of a tool's output is kept after it was last written to.</summary>
    public TimeSpan ToolOutputAge { get; init; } = Time(RetentionSettings.Default.ToolOutputAge)!.Value;

    /// <summary>How many bytes of tool outputs are kept, the newest first.</summary>
    public long ToolOutputBytes { get; init; } = (long)RetentionSettings.Default.ToolOutputBytes!;

    /// <summary>How long objects of snapshots are kept that the newest snapshot does not need.</summary>
    public TimeSpan SnapshotAge { get; init; } = Time(RetentionSettings.Default.SnapshotAge)!.Value;

    /// <summary>How many bytes of snapshot objects are kept, those of the last hour in any case.</summary>
    public long SnapshotBytes { get; init; } = (long)RetentionSettings.Default.SnapshotBytes!;

    /// <summary>These limits, overridden by those that the settings name.</summary>
    public RetentionOptions With(RetentionSettings settings) => this with
    {
        ToolOutputAge = Time(settings.ToolOutputAge) ?? ToolOutputAge,
        ToolOutputBytes = settings.ToolOutputBytes ?? ToolOutputBytes,
        SnapshotAge = Time(settings.SnapshotAge) ?? SnapshotAge,
        SnapshotBytes = settings.SnapshotBytes ?? SnapshotBytes,
    };

    private static TimeSpan? Time(long? milliseconds) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null;
}

using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Retention;

/// <summary>How long files of the data directory are kept, and how much of them.</summary>
public sealed record RetentionOptions
{
    /// <summary>How long the full text of a tool's output is kept after it was last written to; default seven days.</summary>
    public TimeSpan ToolOutputAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes of tool outputs are kept, the newest first; default 1 GiB.</summary>
    public long ToolOutputBytes { get; init; } = 1L << 30;

    /// <summary>How long objects of snapshots are kept that the newest snapshot does not need; default seven days.</summary>
    public TimeSpan SnapshotAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many bytes of snapshot objects are kept, those of the last hour in any case; default 4 GiB.</summary>
    public long SnapshotBytes { get; init; } = 4L << 30;

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

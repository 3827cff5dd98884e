namespace Capstan.Engine.Configuration.Settings;

/// <summary>
/// How long files of the data directory are kept, and how many bytes of them. A setting that is absent keeps its default.
/// </summary>
public sealed record RetentionSettings
{
    /// <summary>
    /// How long the full text of a tool's output is kept after the last write to it, in milliseconds; default seven days.
    /// </summary>
    public long? ToolOutputAge { get; init; }

    /// <summary>How many bytes of such texts are kept, the newest first; default 1 GiB.</summary>
    public long? ToolOutputBytes { get; init; }

    /// <summary>
    /// How long objects of snapshots are kept that no later snapshot needs, in milliseconds; default seven days.
    /// </summary>
    public long? SnapshotAge { get; init; }

    /// <summary>How many bytes of objects of snapshots are kept; default 4 GiB.</summary>
    public long? SnapshotBytes { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "retention",
        new("toolOutputAge", ToolOutputAge, Most: MostAge),
        new("toolOutputBytes", ToolOutputBytes, Most: long.MaxValue),
        new("snapshotAge", SnapshotAge, Most: MostAge),
        new("snapshotBytes", SnapshotBytes, Most: long.MaxValue));

    // A hundred years: subtracting it from the time of today gives a date that the calendar has.
    private const long MostAge = 100L * 365 * 24 * 60 * 60 * 1000;
}

namespace Capstan.Engine.Configuration.Settings;

/// <summary>How long files of the data directory are kept, and how much of them; what is absent keeps its default.</summary>
public sealed record RetentionSettings
{
    /// <summary>How long the full text of a tool's output is kept after it was last written to; default seven days.</summary>
    public long? ToolOutputAge { get; init; }

    /// <summary>How much of such texts is kept, the newest first; default 1 GiB.</summary>
    public long? ToolOutputBytes { get; init; }

    /// <summary>How long the objects of a snapshot are kept that no later one needs; default seven days.</summary>
    public long? SnapshotAge { get; init; }

    /// <summary>How much of them is kept; default 4 GiB.</summary>
    public long? SnapshotBytes { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "retention",
        new("toolOutputAge", ToolOutputAge, Most: MostAge),
        new("toolOutputBytes", ToolOutputBytes, Most: long.MaxValue),
        new("snapshotAge", SnapshotAge, Most: MostAge),
        new("snapshotBytes", SnapshotBytes, Most: long.MaxValue));

    // A hundred years, which no calendar runs out of.
    private const long MostAge = 100L * 365 * 24 * 60 * 60 * 1000;
}

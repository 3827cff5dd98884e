namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of the files that come with a prompt. A setting that is absent keeps its default.</summary>
public sealed record AttachmentSettings
{
    /// <summary>The largest file that is attached by its path; default 20 MiB.</summary>
    public int? MaxFile { get; init; }

    /// <summary>How much the files of one prompt may together add to the prompt as it is stored; default 32 MiB.</summary>
    public long? MaxSum { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "attachments",
        new("maxFile", MaxFile, Most: 1 << 30),
        new("maxSum", MaxSum, Most: 1 << 30));
}

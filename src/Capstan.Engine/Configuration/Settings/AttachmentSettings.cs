namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of the files that come with a prompt. A setting that is absent keeps its default.</summary>
public sealed record AttachmentSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static AttachmentSettings Default { get; } = new()
    {
        MaxFile = 20 << 20,
        MaxSum = 32 << 20,
    };

    /// <summary>The largest file that is attached by its path.</summary>
    public int? MaxFile { get; init; }

    /// <summary>How much the files of one prompt may together add to the prompt as it is stored.</summary>
    public long? MaxSum { get; init; }
}

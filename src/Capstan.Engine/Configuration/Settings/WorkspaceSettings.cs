namespace Capstan.Engine.Configuration.Settings;

/// <summary>Settings of workspaces. A setting that is absent keeps its default.</summary>
public sealed record WorkspaceSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static WorkspaceSettings Default { get; } = new() { Recreate = false };

    /// <summary>
    /// Whether a prompt to a session whose directory is gone makes the
    /// directory again, empty; if not, such prompts are refused.
    /// </summary>
    public bool? Recreate { get; init; }
}

namespace Capstan.Engine.Configuration.Settings;

/// <summary>Settings of workspaces. A setting that is absent keeps its default.</summary>
public sealed record WorkspaceSettings
{
    /// <summary>
    /// Whether a prompt to a session whose directory is gone makes the
    /// directory again, empty; by default false: such prompts are refused.
    /// </summary>
    public bool? Recreate { get; init; }
}

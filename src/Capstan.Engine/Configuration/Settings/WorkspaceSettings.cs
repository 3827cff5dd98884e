namespace Capstan.Engine.Configuration.Settings;

/// <summary>How workspaces are treated; what is absent keeps its default.</summary>
public sealed record WorkspaceSettings
{
    /// <summary>
    /// Whether a prompt to a session whose directory is gone makes that directory again, empty; default false: such prompts are refused.
    /// </summary>
    public bool? Recreate { get; init; }
}

using Capstan.Contract;

namespace Capstan.Engine.Configuration.Settings;

/// <summary>Capstan's settings of one agent.</summary>
public sealed record AgentTurnSettings
{
    /// <summary>What happens to this agent's permission requests that nobody answers; null for the workspace's policy.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }
}

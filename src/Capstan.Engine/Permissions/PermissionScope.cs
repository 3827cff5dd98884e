using Capstan.Contract;

namespace Capstan.Engine.Permissions;

/// <summary>Whose call asks for a permission.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Directory">The workspace; approvals of "always" hold within it.</param>
/// <param name="Agent">The agent whose rules come first.</param>
/// <param name="Policy">What happens without a person, unless a session says otherwise.</param>
/// <param name="Tool">The call, if one asks.</param>
public sealed record PermissionScope(
    string SessionID, string Directory, AgentInfo Agent, PermissionPolicy Policy, PermissionTool? Tool)
{
    /// <summary>Whether the call waited for a permission in a process that died, so that its request may still be there.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Lists of rules that the agent's own may only narrow: each by itself has a say, and the strictest counts.</summary>
    public IReadOnlyList<IReadOnlyList<PermissionRule>> Ceilings { get; init; } = [];
}

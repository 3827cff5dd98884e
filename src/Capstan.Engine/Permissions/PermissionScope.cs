using Capstan.Contract;

namespace Capstan.Engine.Permissions;

/// <summary>Where a permission is asked: the session, its workspace, its agent and the tool call.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Directory">The workspace; approvals of "always" hold within it.</param>
/// <param name="Agent">The agent, whose rules come first.</param>
/// <param name="Policy">
/// What becomes of requests that a person would have to answer, unless the session or one above it says otherwise.
/// </param>
/// <param name="Tool">The tool call that asks, if there is one.</param>
internal sealed record PermissionScope(
    string SessionID, string Directory, AgentInfo Agent, PermissionPolicy Policy, PermissionTool? Tool)
{
    /// <summary>
    /// Whether the call had asked for a permission in a process that died, so that its request may still be stored.
    /// </summary>
    public bool IsResumed { get; init; }

    /// <summary>
    /// Lists of rules that the agent's own rules may only narrow: a decision is made with each list by itself, and the strictest
    /// counts.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<PermissionRule>> Ceilings { get; init; } = [];
}

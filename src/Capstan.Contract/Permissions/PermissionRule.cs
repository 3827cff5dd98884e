namespace Capstan.Contract;

/// <summary>A rule; of several rules that match, the last one decides (OpenCode schema <c>PermissionRule</c>).</summary>
/// <param name="Permission">A wildcard pattern for names of permissions.</param>
/// <param name="Pattern">A wildcard pattern for what the permission is asked for.</param>
/// <param name="Action">What the rule decides where both patterns match.</param>
public sealed record PermissionRule(string Permission, string Pattern, PermissionAction Action);

namespace Capstan.Contract;

/// <summary>One rule; of several that match, the last one counts (OpenCode schema <c>PermissionRule</c>).</summary>
/// <param name="Permission">A wildcard over the names of permissions.</param>
/// <param name="Pattern">A wildcard over what is asked for.</param>
/// <param name="Action">What is done where both match.</param>
public sealed record PermissionRule(string Permission, string Pattern, PermissionAction Action);

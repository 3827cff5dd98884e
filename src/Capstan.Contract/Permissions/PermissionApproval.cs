namespace Capstan.Contract;

/// <summary>A standing approval: what somebody answered "always" to. Capstan's own; OpenCode has no such list.</summary>
/// <param name="ID">Its identifier.</param>
/// <param name="Directory">The workspace in which it holds.</param>
/// <param name="Permission">The permission, such as <c>bash</c>.</param>
/// <param name="Pattern">A wildcard over what is allowed.</param>
/// <param name="Time">When it was given.</param>
public sealed record PermissionApproval(string ID, string Directory, string Permission, string Pattern, PermissionApprovalTime Time);

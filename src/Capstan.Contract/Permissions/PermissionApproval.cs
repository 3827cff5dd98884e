namespace Capstan.Contract;

/// <summary>
/// A standing approval: a permission that somebody answered with "always". Capstan's own; OpenCode has no such list.
/// </summary>
/// <param name="ID">The approval's identifier.</param>
/// <param name="Directory">The workspace in which the approval holds.</param>
/// <param name="Permission">The permission, such as <c>bash</c>.</param>
/// <param name="Pattern">A wildcard pattern for what is allowed.</param>
/// <param name="Time">When the approval was given.</param>
public sealed record PermissionApproval(string ID, string Directory, string Permission, string Pattern, PermissionApprovalTime Time);

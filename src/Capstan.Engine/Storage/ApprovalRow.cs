using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A standing approval: a permission that somebody answered with "always". A workspace has each rule once.</summary>
/// <param name="ID">The approval's identifier.</param>
/// <param name="Directory">The workspace in which the approval holds.</param>
/// <param name="Rule">The permission and the pattern that the approval allows.</param>
/// <param name="Created">When the approval was given, in Unix milliseconds.</param>
public sealed record ApprovalRow(string ID, string Directory, PermissionRule Rule, long Created);

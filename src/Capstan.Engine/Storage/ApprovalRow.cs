using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A standing approval: what somebody answered "always" to. A workspace has each rule once.</summary>
/// <param name="ID">Its identifier.</param>
/// <param name="Directory">The workspace in which it holds.</param>
/// <param name="Rule">What is allowed.</param>
/// <param name="Created">When it was given, in Unix milliseconds.</param>
public sealed record ApprovalRow(string ID, string Directory, PermissionRule Rule, long Created);

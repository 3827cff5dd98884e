using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A standing approval: what somebody answered "always" to.</summary>
/// <param name="Directory">The workspace in which it holds.</param>
/// <param name="Rule">What is allowed.</param>
public sealed record ApprovalRow(string Directory, PermissionRule Rule);

namespace Capstan.Contract;

/// <summary>The times of a standing approval, in Unix milliseconds.</summary>
/// <param name="Created">When the approval was given.</param>
public sealed record PermissionApprovalTime(long Created);

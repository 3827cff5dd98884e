namespace Capstan.Contract;

/// <summary>The moments of a standing approval, in Unix milliseconds.</summary>
/// <param name="Created">When it was given.</param>
public sealed record PermissionApprovalTime(long Created);

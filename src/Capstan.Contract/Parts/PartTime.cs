namespace Capstan.Contract;

/// <summary>The times of a part, in Unix milliseconds.</summary>
/// <param name="Start">When the part began.</param>
/// <param name="End">When the part was complete; absent while it grows.</param>
public sealed record PartTime(long Start, long? End = null);

namespace Capstan.Contract;

/// <summary>The moments of a part, in Unix milliseconds.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it was complete; absent while it grows.</param>
public sealed record PartTime(long Start, long? End = null);

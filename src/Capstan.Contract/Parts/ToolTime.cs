namespace Capstan.Contract;

/// <summary>The moments of an ended tool call, in Unix milliseconds.</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="Compacted">When its output was cleared to save context, if it was.</param>
public sealed record ToolTime(long Start, long End, long? Compacted = null);

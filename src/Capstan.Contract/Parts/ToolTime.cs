namespace Capstan.Contract;

/// <summary>The times of an ended tool call, in Unix milliseconds.</summary>
/// <param name="Start">When the tool call began.</param>
/// <param name="End">When the tool call ended.</param>
/// <param name="Compacted">When the tool call's output was cleared to save context; absent where it was not.</param>
public sealed record ToolTime(long Start, long End, long? Compacted = null);

namespace Capstan.Engine.Configuration;

/// <summary>Limits on what a tool call may return (configuration key <c>tool_output</c>).</summary>
/// <param name="MaxLines">The number of lines, by default 2,000.</param>
/// <param name="MaxBytes">The number of bytes in UTF-8, by default 51,200.</param>
public sealed record ToolLimits(int MaxLines = 2000, int MaxBytes = 51_200);

namespace Capstan.Logging;

/// <summary>A formatted entry of the log.</summary>
/// <param name="Text">The lines of the entry, with their line ends.</param>
/// <param name="IsPrinted">Whether the entry is printed on standard error even if the log is kept in a file.</param>
internal sealed record LogLine(string Text, bool IsPrinted);

namespace Capstan.Logging;

/// <summary>An entry as it is written.</summary>
/// <param name="Text">Its lines.</param>
/// <param name="IsPrinted">Whether it is shown on standard error although there is a file.</param>
internal sealed record LogLine(string Text, bool IsPrinted);

namespace Capstan.Engine.Tools.Bash;

/// <summary>A word of a command.</summary>
/// <param name="Value">Its text with quotes and escapes removed, expansions left as written.</param>
/// <param name="HasExpansion">Whether the shell will put something else in its place, so that its value is not known here.</param>
/// <param name="IsQuoted">Whether quotes or escapes were taken off.</param>
internal sealed record ShellWord(string Value, bool HasExpansion, bool IsQuoted);

namespace Capstan.Engine.Tools.Bash;

/// <summary>One simple command of a command line.</summary>
/// <param name="Text">Its text as written, redirections included.</param>
/// <param name="Words">Its name and arguments without quotes; assignments before the name and redirections left out.</param>
internal sealed record ShellCommand(string Text, IReadOnlyList<ShellWord> Words);

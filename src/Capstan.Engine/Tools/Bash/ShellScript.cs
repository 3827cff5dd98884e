using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// The commands that a command line runs and the paths that it uses, where the line is understood; otherwise why it is not.
/// </summary>
/// <param name="Commands">
/// The commands that the line may run, including those of substitutions, wrappers and inner shells.
/// </param>
/// <param name="Accesses">
/// The paths that the line's redirections, changes of directory and arguments of some programs name.
/// </param>
/// <param name="Failure">What was not understood; null where the whole line was. Otherwise the line is judged as a whole.</param>
internal sealed record ShellScript(
    IReadOnlyList<JudgedCommand> Commands, IReadOnlyList<PathAccess> Accesses, NotUnderstood? Failure)
{
    // A longer text is a program, not a command line.
    private const int MaxLength = 1 << 20;

    /// <summary>Whether the whole line was understood.</summary>
    public bool IsUnderstood => Failure is null;

    /// <summary>What was not understood, in words; null where the whole line was.</summary>
    public string? Reason => Failure?.ToString();

    /// <summary>Reads a command line for bash. Never throws.</summary>
    public static ShellScript Read(string text) => Read(text, "/", "bash");

    /// <summary>Reads a command line. Never throws.</summary>
    /// <param name="text">The line.</param>
    /// <param name="workingDirectory">The directory in which the line starts; absolute.</param>
    /// <param name="shell">The shell that runs the line.</param>
    public static ShellScript Read(string text, string workingDirectory, string shell)
    {
        if (text.Length > MaxLength)
            return new ShellScript([], [], new NotUnderstood("a line of more than a million characters", 0));
        if (ScriptPrograms.DialectOf(shell) is not { } dialect)
            return new ShellScript([], [], new NotUnderstood($"a line for the shell {Path.GetFileName(shell)}", 0));
        var findings = ScriptWalk.Run(text, dialect, DirectorySet.Of(workingDirectory));
        return new ShellScript(findings.Commands, findings.Accesses, findings.Failure);
    }
}

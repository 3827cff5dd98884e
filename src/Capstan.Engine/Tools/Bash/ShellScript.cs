using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>What a command line runs and which paths it uses, where all of it is understood; otherwise why it is not.</summary>
/// <param name="Commands">The commands that it may run, those of substitutions, wrappers and inner shells included.</param>
/// <param name="Accesses">The paths that its redirections, its changes of directory and the arguments of some programs name.</param>
/// <param name="Failure">What was not understood; null where all was. Then the line is judged as a whole.</param>
internal sealed record ShellScript(
    IReadOnlyList<JudgedCommand> Commands, IReadOnlyList<PathAccess> Accesses, NotUnderstood? Failure)
{
    // Longer ones are programs, not command lines.
    private const int MaxLength = 1 << 20;

    /// <summary>Whether the whole line is inside the grammar.</summary>
    public bool IsUnderstood => Failure is null;

    /// <summary>What was not understood, in words; null where all was.</summary>
    public string? Reason => Failure?.ToString();

    /// <summary>Reads a command line for bash; never throws.</summary>
    public static ShellScript Read(string text) => Read(text, "/", "bash");

    /// <summary>Reads a command line; never throws.</summary>
    /// <param name="text">The line.</param>
    /// <param name="workingDirectory">Where it starts; absolute.</param>
    /// <param name="shell">The shell that runs it.</param>
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

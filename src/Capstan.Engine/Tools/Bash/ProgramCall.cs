using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>A call of a program or builtin, by a command or by another program.</summary>
/// <param name="Assignments">The environment variables that are set for the call.</param>
/// <param name="Words">The name of the program and its arguments.</param>
/// <param name="IsInShell">Whether the shell itself runs the call, so that a builtin affects the commands after it.</param>
/// <param name="Written">The whole command as the line has it; null for a call that a wrapper or another program makes.</param>
internal sealed record ProgramCall(
    IReadOnlyList<ShellAssignment> Assignments, IReadOnlyList<ShellWord> Words, bool IsInShell, string? Written = null)
{
    /// <summary>The program's name as written; null where it is not known.</summary>
    public string? Program => Words[0].Known;

    /// <summary>The last segment of the program's name.</summary>
    public string BaseName => Program is { } name ? name[(name.LastIndexOf('/') + 1)..] : "";

    /// <summary>The words after the program's name.</summary>
    public IEnumerable<ShellWord> Arguments => Words.Skip(1);
}

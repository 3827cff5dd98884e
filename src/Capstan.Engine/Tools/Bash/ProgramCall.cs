using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>A program or builtin with its arguments, as a command or another program runs it.</summary>
/// <param name="Assignments">The environment that is set for it.</param>
/// <param name="Words">Its name and arguments.</param>
/// <param name="IsInShell">Whether the shell itself runs it, so that a builtin acts on what follows.</param>
/// <param name="Written">The whole command as it is written, where this is what stands there.</param>
internal sealed record ProgramCall(
    IReadOnlyList<ShellAssignment> Assignments, IReadOnlyList<ShellWord> Words, bool IsInShell, string? Written = null)
{
    /// <summary>The name as written; null where it is not known.</summary>
    public string? Program => Words[0].Known;

    /// <summary>The last segment of the name.</summary>
    public string BaseName => Program is { } name ? name[(name.LastIndexOf('/') + 1)..] : "";

    /// <summary>The arguments.</summary>
    public IEnumerable<ShellWord> Arguments => Words.Skip(1);
}

using System.Buffers;
using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Reads calls of shells: whether the script that a shell runs is an argument of the call.</summary>
internal static class ScriptPrograms
{
    private static readonly HashSet<string> KnownShells = ShellBuiltins.Set("sh bash dash ash");

    private static readonly HashSet<string> OtherShells = ShellBuiltins.Set(
        "zsh ksh ksh93 mksh lksh oksh loksh pdksh posh yash hush lash sash bosh osh ysh fish csh tcsh rbash pwsh nu elvish xonsh");

    private static readonly SearchValues<char> ShellOptions = SearchValues.Create("ceuxlvon");

    public static bool IsShell(string name) => KnownShells.Contains(name) || OtherShells.Contains(name);

    /// <summary>Returns the grammar that reads a shell's scripts; null where there is none.</summary>
    public static ShellDialect? DialectOf(string shell) => Path.GetFileName(shell) switch
    {
        "bash" => ShellDialect.Bash,
        "sh" or "dash" or "ash" => ShellDialect.Posix,
        _ => null,
    };

    /// <summary>Says why a shell's call is not understood; null where it is.</summary>
    /// <param name="call">The call.</param>
    /// <param name="script">The script that the call has as an argument; null where it has none.</param>
    public static string? ReadShell(ProgramCall call, out ShellWord? script)
    {
        script = null;
        var takesScript = false;
        for (var i = 1; i < call.Words.Count; i++)
        {
            if (call.Words[i].Known is not { } word)
                return $"{call.BaseName} with words that are not known";
            if (word is "--version" or "--help")
                return null;
            if (word is "--norc" or "--noprofile" or "--login")
                continue;
            if (word.Length > 0 && word[0] is '-' or '+')
            {
                if (word.Length == 1 || word.AsSpan(1).ContainsAnyExcept(ShellOptions))
                    return $"an option of {call.BaseName} that is not read here";
                takesScript |= word.Contains('c', StringComparison.Ordinal);
                if (word.Contains('o', StringComparison.Ordinal)
                    && (word[^1] != 'o' || ++i >= call.Words.Count || call.Words[i].Known is not ("pipefail" or "errexit" or "nounset")))
                    return $"an option of {call.BaseName} that is not read here";
                continue;
            }

            script = takesScript ? call.Words[i] : null;
            if (script is not null && DialectOf(call.BaseName) is null)
                return $"a script for {call.BaseName}";
            return script is null && IsInput(word) ? Input(call) : null;
        }

        return Input(call);
    }

    /// <summary>Whether a file may be the standard input or another open descriptor, by any path that leads there.</summary>
    public static bool IsInput(string file)
    {
        var segments = file.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments is [.., "stdin"] or [.., "fd", _]
            || segments.Take(segments.Length - 1).Any(static segment => segment is "dev" or "proc");
    }

    private static string Input(ProgramCall call) => $"{call.BaseName}, which reads its script from its input";
}

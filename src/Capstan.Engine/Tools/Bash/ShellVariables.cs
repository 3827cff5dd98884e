using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Variables that have a meaning to the shell itself, or to the system's loader of programs.</summary>
internal static class ShellVariables
{
    private static readonly HashSet<string> Special = ShellBuiltins.Set(
        "PATH IFS ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND CDPATH GLOBIGNORE HOME PWD OLDPWD _ FUNCNAME GROUPS DIRSTACK PIPESTATUS "
        + "POSIXLY_CORRECT EXECIGNORE OPTIND OPTARG OPTERR FUNCNEST HISTFILE HISTCMD HOSTFILE INPUTRC TMOUT FPATH ZDOTDIR COMP_WORDBREAKS "
        + "FIGNORE HISTIGNORE UID EUID PPID SHLVL RANDOM SRANDOM EPOCHSECONDS EPOCHREALTIME LINENO");

    private static readonly HashSet<string> Inherited = new(
        Environment.GetEnvironmentVariables().Keys.OfType<string>(), StringComparer.Ordinal);

    /// <summary>
    /// Whether an assignment may change what the rest of a line means or runs. Some assignments are harmless in front of a
    /// command, because they hold for that command only, after its words are expanded.
    /// </summary>
    public static bool IsSpecial(ShellAssignment assignment, bool isInFront, string? program) => assignment.Name switch
    {
        // This is the usual way to read lines: the value splits nothing but what that one call of read reads.
        "IFS" => program != "read" || !isInFront,
        "HOME" or "PWD" or "OLDPWD" or "SHLVL" => !isInFront,
        // In front of a shell, the locale says how the inner script is read.
        "LANG" or "LC_ALL" or "LC_CTYPE" => !IsKnownLocale(assignment.Value.Known),
        var name => IsSpecialName(name),
    };

    /// <summary>Whether an assignment to this variable is not understood.</summary>
    public static bool IsSpecialName(string name) => Special.Contains(name)
        || name.StartsWith("BASH", StringComparison.Ordinal)
        || name.StartsWith("LD_", StringComparison.Ordinal)
        || name.StartsWith("DYLD_", StringComparison.Ordinal);

    /// <summary>
    /// Whether programs see the variable even without an export, because the server itself has it in its environment.
    /// </summary>
    public static bool IsInherited(string name) => Inherited.Contains(name);

    // The shell reads the following lines in the new locale. In these locales, ASCII characters keep their meaning.
    private static bool IsKnownLocale(string? value) => value is "" or "C" or "POSIX"
        || (value is not null && (value.EndsWith(".UTF-8", StringComparison.OrdinalIgnoreCase)
            || value.EndsWith(".utf8", StringComparison.OrdinalIgnoreCase)));
}

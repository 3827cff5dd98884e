using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Variables that mean something to the shell itself or to the loader of every program.</summary>
internal static class ShellVariables
{
    private static readonly HashSet<string> Special = ShellBuiltins.Set(
        "PATH IFS ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND CDPATH GLOBIGNORE HOME PWD OLDPWD _ FUNCNAME GROUPS DIRSTACK PIPESTATUS "
        + "POSIXLY_CORRECT EXECIGNORE OPTIND OPTARG OPTERR FUNCNEST HISTFILE HISTCMD HOSTFILE INPUTRC TMOUT FPATH ZDOTDIR COMP_WORDBREAKS "
        + "FIGNORE HISTIGNORE UID EUID PPID SHLVL RANDOM SRANDOM EPOCHSECONDS EPOCHREALTIME LINENO");

    private static readonly HashSet<string> Inherited = new(
        Environment.GetEnvironmentVariables().Keys.OfType<string>(), StringComparer.Ordinal);

    /// <summary>
    /// Whether an assignment to it may change what the rest of a line means or runs. In front of a command some are harmless that
    /// are not on their own: they hold for that command only, after its words are expanded.
    /// </summary>
    public static bool IsSpecial(ShellAssignment assignment, bool isInFront, string? program) => assignment.Name switch
    {
        // The customary way to read lines: nothing but that one reading is split by it.
        "IFS" => program != "read" || !isInFront,
        "HOME" or "PWD" or "OLDPWD" or "SHLVL" => !isInFront,
        // In front of a shell it says how the inner script is read.
        "LANG" or "LC_ALL" or "LC_CTYPE" => !IsKnownLocale(assignment.Value.Known),
        var name => IsSpecialName(name),
    };

    /// <summary>Whether nothing may be assigned to it.</summary>
    public static bool IsSpecialName(string name) => Special.Contains(name)
        || name.StartsWith("BASH", StringComparison.Ordinal)
        || name.StartsWith("LD_", StringComparison.Ordinal)
        || name.StartsWith("DYLD_", StringComparison.Ordinal);

    /// <summary>Whether programs see it from the start, so that an assignment alone reaches them.</summary>
    public static bool IsInherited(string name) => Inherited.Contains(name);

    // The shell reads the lines that follow by the new locale; in these two kinds ASCII is ASCII.
    private static bool IsKnownLocale(string? value) => value is "" or "C" or "POSIX"
        || (value is not null && (value.EndsWith(".UTF-8", StringComparison.OrdinalIgnoreCase)
            || value.EndsWith(".utf8", StringComparison.OrdinalIgnoreCase)));
}

namespace Capstan.Engine.Tools.Bash;

/// <summary>Names of builtins and programs that have a meaning to the shell or to the reading of scripts here.</summary>
internal static class ShellBuiltins
{
    /// <summary>Builtins that run their arguments, or change how the script after them is read.</summary>
    private static readonly HashSet<string> Evaluating = Set(
        "eval source . alias unalias trap let declare typeset enable shopt bind complete compgen compopt fc getopts coproc "
        + "select noglob nocorrect repeat foreach emulate autoload zmodload sched zle vared functions");

    /// <summary>Programs that run other programs, with options that are not read here.</summary>
    private static readonly HashSet<string> Launchers = Set(
        "parallel watch flock script su runuser chroot unshare nsenter setpriv systemd-run ltrace taskset chrt prlimit numactl "
        + "fakeroot unbuffer pkexec start-stop-daemon entr xvfb-run rlwrap at batch run-parts setarch linux32 linux64 dbus-run-session "
        + "catchsegv chpst softlimit eatmydata firejail bwrap proot sg newgrp choom uclampset sudoedit coreutils "
        + "chronic sem perf hyperfine cgexec systemd-cat systemd-inhibit dbus-launch daemonize daemon envdir setuidgid "
        + "gosu su-exec tini dumb-init torsocks torify proxychains proxychains4 faketime fakechroot run0 gtimeout genv gnice gnohup gstdbuf "
        + "gxargs gfind");

    // Further names that the reading of scripts relies on: a function with such a name would change what the script does.
    private static readonly HashSet<string> Others = Set(
        ": [ break builtin caller cd command continue dirs disown echo env exec exit export false find hash history jobs kill local logout "
        + "mapfile popd printf pushd pwd read readarray readonly return set shift suspend test time times true type ulimit umask unset "
        + "wait xargs wc seq nproc date command_not_found_handle");

    /// <summary>Says why a call of this program or builtin is not understood; null where its name is no reason.</summary>
    public static string? Refuse(string name) =>
        Evaluating.Contains(name) ? $"{name}, which evaluates what it is given"
        : Launchers.Contains(name) || IsLoader(name) ? $"{name}, which runs another program by options that are not read here"
        : null;

    /// <summary>Whether a function must not have this name.</summary>
    public static bool IsTaken(string name) => Evaluating.Contains(name) || Launchers.Contains(name) || Others.Contains(name)
        || Wrapper.Find(name) is not null || ScriptPrograms.IsShell(name) || InterpreterOptions.IsInterpreter(name);

    // The loader of programs runs the program that is its argument.
    private static bool IsLoader(string name) => name.StartsWith("ld-", StringComparison.Ordinal) && name.Contains(".so", StringComparison.Ordinal)
        || name is "ld.so" or "ld64.so";

    internal static HashSet<string> Set(string names) => new(names.Split(' '), StringComparer.Ordinal);
}

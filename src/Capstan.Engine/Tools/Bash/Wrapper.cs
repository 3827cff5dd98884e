namespace Capstan.Engine.Tools.Bash;

/// <summary>A program that runs another program, which stands after its options.</summary>
/// <param name="Flags">The letters of options without a value.</param>
/// <param name="Values">The letters of options with a value.</param>
/// <param name="LongFlags">The long options without a value, or with one after an equals sign.</param>
/// <param name="LongValues">The long options with a value.</param>
/// <param name="Operands">How many operands come before the program.</param>
/// <param name="TakesAssignments">Whether assignments may stand before the program.</param>
/// <param name="IsInShell">Whether the shell itself runs the other program.</param>
internal sealed record Wrapper(
    string Flags = "",
    string Values = "",
    string LongFlags = "",
    string LongValues = "",
    int Operands = 0,
    bool TakesAssignments = false,
    bool IsInShell = false)
{
    private static readonly Dictionary<string, Wrapper> All = new(StringComparer.Ordinal)
    {
        ["command"] = new(Flags: "p", IsInShell: true),
        ["builtin"] = new(IsInShell: true),
        // Without -a: some programs behave according to the name that they are called by.
        ["exec"] = new(Flags: "cl", IsInShell: true),
        ["env"] = new(Flags: "i0v", Values: "u", LongFlags: "ignore-environment null debug", LongValues: "unset", TakesAssignments: true),
        ["nohup"] = new(),
        ["setsid"] = new(Flags: "cfw", LongFlags: "ctty fork wait"),
        ["nice"] = new(Flags: "0123456789", Values: "n", LongValues: "adjustment"),
        ["ionice"] = new(Flags: "t", Values: "cn", LongFlags: "ignore", LongValues: "class classdata"),
        ["timeout"] = new(
            Flags: "v", Values: "ks", LongFlags: "foreground preserve-status verbose", LongValues: "kill-after signal", Operands: 1),
        // Without -o, which may name a command, and without options that change the environment.
        ["strace"] = new(Flags: "fcCrtTvxyqikwzZ", Values: "esaPXSb"),
        ["stdbuf"] = new(Values: "ioe", LongValues: "input output error"),
        ["time"] = new(Flags: "pvq", Values: "f", LongFlags: "portability verbose quiet", LongValues: "format"),
        ["sudo"] = new(
            Flags: "EnHSbAk", Values: "ugp", LongFlags: "preserve-env non-interactive set-home stdin background askpass",
            LongValues: "user group prompt", TakesAssignments: true),
        // Without options that read further options from elsewhere or write to a file.
        ["valgrind"] = new(
            Flags: "qv", LongFlags: "leak-check error-exitcode show-leak-kinds track-origins num-callers tool suppressions quiet verbose"),
        ["doas"] = new(Flags: "n", Values: "u"),
        ["busybox"] = new(),
        ["toybox"] = new(),
        ["xargs"] = new(
            // Without -i, -l, -e and their long names: versions of xargs differ in whether the next word is their value.
            Flags: "0rtxop", Values: "nPLsdEIa", LongFlags: "null no-run-if-empty verbose exit interactive open-tty",
            LongValues: "max-args max-procs max-chars delimiter arg-file"),
    };

    /// <summary>Finds the wrapper of this name; null where there is none.</summary>
    public static Wrapper? Find(string name) => All.GetValueOrDefault(name);

    public bool IsLongFlag(string name) => LongFlags.Split(' ').Contains(name, StringComparer.Ordinal) && name.Length > 0;

    public bool IsLongValue(string name) => LongValues.Split(' ').Contains(name, StringComparer.Ordinal) && name.Length > 0;
}

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// The options of an interpreter, which say whether a call names the script that it runs or reads the script from its input.
/// </summary>
/// <param name="Code">The letters of options that give code, name a module or a script, or make a script unnecessary.</param>
/// <param name="Values">The letters of options with a value, in the same word or in the next.</param>
/// <param name="Rest">The letters of options whose value is the rest of the word.</param>
/// <param name="Input">The letters of options that make the interpreter read its input as well as the script.</param>
internal sealed record InterpreterOptions(string Code, string Values = "", string Rest = "", string Input = "")
{
    private static readonly HashSet<string> LongCode = ShellBuiltins.Set("--version --help --eval --print --test --check");

    private static readonly HashSet<string> LongValues = ShellBuiltins.Set("--require --import --loader --experimental-loader --conditions --env-file");

    private static readonly InterpreterOptions Python = new("cmVh", Values: "WXQ", Input: "i");

    private static readonly Dictionary<string, InterpreterOptions> All = new(StringComparer.Ordinal)
    {
        ["python"] = Python, ["python2"] = Python, ["python3"] = Python, ["pypy"] = Python, ["pypy3"] = Python,
        ["node"] = new("epvhc", Values: "rC", Input: "i"),
        ["nodejs"] = new("epvhc", Values: "rC", Input: "i"),
        ["perl"] = new("eEvVh", Values: "I", Rest: "MmFiDx0"),
        ["ruby"] = new("evh", Values: "rICEFK", Rest: "iTWx"),
        ["php"] = new("rfvimhlS", Values: "dc", Input: "a"),
        ["lua"] = new("ev", Values: "l", Input: "i"),
        ["luajit"] = new("ev", Values: "lj", Input: "i"),
        ["Rscript"] = new("e"),
        ["tclsh"] = new(""),
        ["expect"] = new("cf", Input: "i"),
        ["julia"] = new("eEvh", Values: "LJ", Input: "i"),
        ["osascript"] = new("e", Values: "l", Input: "i"),
    };

    public static bool IsInterpreter(string name) => Of(name) is not null;

    /// <summary>
    /// Says why a call is not understood, where its program is an interpreter; null where it is understood or is none.
    /// </summary>
    public static string? Refuse(ProgramCall call) => Of(call.BaseName) is { } options && !options.NamesScript(call)
        ? $"{call.BaseName}, which reads its script from its input"
        : null;

    private static InterpreterOptions? Of(string name) =>
        name.StartsWith("python3.", StringComparison.Ordinal) && name.AsSpan(8).IndexOfAnyExceptInRange('0', '9') < 0
            ? Python
            : All.GetValueOrDefault(name);

    private bool NamesScript(ProgramCall call)
    {
        for (var i = 1; i < call.Words.Count; i++)
        {
            if (call.Words[i].Known is not { } word)
            {
                if (call.Words[i].MayVanish)
                    continue;
                return true;
            }

            if (word == "-" || (word.Contains('/', StringComparison.Ordinal) && ScriptPrograms.IsInput(word)))
                return false;
            if (!word.StartsWith('-') || LongCode.Contains(word.Split('=')[0]))
                return true;
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                i += LongValues.Contains(word) ? 1 : 0;
                continue;
            }

            var at = word.AsSpan(1).IndexOfAny(Code + Values + Rest + Input);
            if (at < 0)
                continue;
            var letter = word[at + 1];
            if (Input.Contains(letter, StringComparison.Ordinal))
                return false;
            if (Code.Contains(letter, StringComparison.Ordinal))
                return true;
            i += Values.Contains(letter, StringComparison.Ordinal) && at + 2 == word.Length ? 1 : 0;
        }

        return false;
    }
}

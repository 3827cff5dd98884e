using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Judges <c>test</c> and <c>[</c>. Their operator <c>-v</c> runs commands in a subscript, so it must be certain which words are
/// operators: the forms below are those that POSIX decides by the number of words and by an operator that is written out.
/// </summary>
internal static class TestBuiltin
{
    private static readonly HashSet<string> Binary = ShellBuiltins.Set("= == != -eq -ne -lt -le -gt -ge -nt -ot -ef");

    public static bool IsPlain(ProgramCall call, VariableFacts facts)
    {
        var words = call.Arguments.ToList();
        if (call.BaseName == "[")
        {
            if (words is not [.., { Known: "]" }])
                return false;
            words.RemoveAt(words.Count - 1);
        }

        if (!words.TrueForAll(word => word.IsOne || facts.IsNumber(word) || facts.IsContained(word)))
            return false;
        while (words is [{ Known: "!" }, ..])
            words.RemoveAt(0);
        return words.Count <= 3 ? IsSimple(words) : IsJoined(words);
    }

    private static bool IsSimple(List<ShellWord> words) => words switch
    {
        [] or [_] => true,
        [{ Known: { } sign }, _] => IsUnary(sign),
        [_, { Known: { } sign }, _] => Binary.Contains(sign),
        _ => false,
    };

    private static bool IsUnary(string sign) =>
        sign.Length == 2 && sign[0] == '-' && char.IsAsciiLetter(sign[1]) && sign is not ("-v" or "-R");

    /// <summary>Whether the words are simple tests joined by <c>-a</c> and <c>-o</c>, with every word written out.</summary>
    private static bool IsJoined(List<ShellWord> words) =>
        words.TrueForAll(static word => word.Known is { } known && known is not ("-v" or "-R"));
}

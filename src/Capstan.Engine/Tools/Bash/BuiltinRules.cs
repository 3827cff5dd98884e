using System.Buffers;
using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Judges calls of builtins that set variables or options: allowed are
/// forms that evaluate nothing and change no special variable.
/// </summary>
internal static class BuiltinRules
{
    private static readonly HashSet<string> Options = ShellBuiltins.Set("pipefail errexit nounset xtrace noclobber noglob verbose");

    private static readonly SearchValues<char> SetOptions = SearchValues.Create("euxvfCo");

    /// <summary>Says why a call is not understood; null where it is.</summary>
    public static string? Refuse(ProgramCall call, VariableFacts facts, ShellDialect dialect)
    {
        var isPlain = call.BaseName switch
        {
            "test" or "[" => TestBuiltin.IsPlain(call, facts),
            "printf" => IsPlainPrintf(call, facts),
            "read" => IsPlainRead(call, facts),
            "mapfile" or "readarray" =>
                call.Arguments.All(word => word.Known is "-t" || (IsPlainName(word) && !IsSeen(word, facts))),
            "unset" => call.Arguments.All(static word => word.Known is "-v" or "-f" || IsPlainName(word)),
            "export" or "readonly" => call.Arguments.All(word => word.Known is "-p" || IsPlainDeclaration(call, word, dialect)),
            "local" => call.Arguments.All(word => word.Known is "-r" || IsPlainDeclaration(call, word, dialect)),
            "set" => IsPlainSet(call),
            "history" => call.Arguments.All(static word => word.Known is { } count && count.All(char.IsAsciiDigit)),
            "hash" => call.Arguments.All(static word => word.Known is "-r"),
            "wait" => call.Arguments.All(word => word.Known is { } known ? known is "-n" || !known.StartsWith('-') : facts.IsNumber(word)),
            "jobs" => call.Arguments.All(static word => word.Known is "-l" or "-p" or "-r" or "-s"),
            _ => true,
        };
        return isPlain ? null : $"a form of {call.BaseName} that may evaluate what it is given";
    }

    private static bool IsPlainName(ShellWord word) =>
        word.Known is { } name && ShellCursor.IsIdentifier(name) && !ShellVariables.IsSpecialName(name);

    // A variable that programs see, such as the name of an editor that they
    // start, may be assigned only by a plain assignment, which is judged.
    private static bool IsSeen(ShellWord word, VariableFacts facts) => word.Known is { } name && facts.IsExported(name);

    private static bool IsPlainDeclaration(ProgramCall call, ShellWord word, ShellDialect dialect)
    {
        if (VariableFacts.Argument(word) is not var (name, value))
            return false;
        // Only bash reads the argument as an assignment, and only where the builtin's name stands unquoted at the head of a
        // command. In all other cases the value is split into words, and one of these may be an assignment to another variable.
        var isAssignment = dialect == ShellDialect.Bash && call.Written is not null && call.Words[0].Plain is not null;
        if (!isAssignment && !word.IsOne)
            return false;
        return value is null
            ? !ShellVariables.IsSpecialName(name)
            : !ShellVariables.IsSpecial(new ShellAssignment(name, false, value), isInFront: false, null);
    }

    // The first argument may be the option that assigns to the variable named next,
    // and %n in the format assigns to the variable that an argument names.
    private static bool IsPlainPrintf(ProgramCall call, VariableFacts facts)
    {
        var first = call.Arguments.FirstOrDefault();
        if (first is null || (first.IsOne && call.Words.Count == 2))
            return first?.Known is not ['-', not '-', ..];
        if (first.Known is { } known)
        {
            var format = known == "--" ? call.Words[2].Known : known;
            return (known == "--" || known is not ['-', ..])
                && ((format is not null && !PrintfFormat.Counts(format)) || CountsPlainly(call, facts));
        }

        return first.Pieces.FirstOrDefault(static piece => piece.Written.Length > 0) is WordPiece.Literal { Written: [not '-', ..] }
            && CountsPlainly(call, facts);
    }

    private static bool CountsPlainly(ProgramCall call, VariableFacts facts) => call.Words.Skip(2).All(word =>
        word.Known is { } known ? !ShellCursor.IsIdentifier(known) || (IsPlainName(word) && !IsSeen(word, facts)) : facts.IsNumber(word));

    private static bool IsPlainRead(ProgramCall call, VariableFacts facts)
    {
        for (var i = 1; i < call.Words.Count; i++)
        {
            if (call.Words[i].Known is not { } word)
                return false;
            if (word.Length < 2 || word[0] != '-')
            {
                if (!IsPlainName(call.Words[i]) || IsSeen(call.Words[i], facts))
                    return false;
                continue;
            }

            var letters = word.AsSpan(1);
            var flags = letters.IndexOfAnyExcept("rs");
            if (flags < 0)
                continue;
            // An option with a value ends the cluster; the value is the rest of this word or the next word.
            if (!"pntNdua".Contains(letters[flags], StringComparison.Ordinal))
                return false;
            if (flags + 1 == letters.Length && (++i >= call.Words.Count || !call.Words[i].IsOne))
                return false;
            if (letters[flags] == 'a' && (flags + 1 < letters.Length || !IsPlainName(call.Words[i]) || IsSeen(call.Words[i], facts)))
                return false;
        }

        return true;
    }

    private static bool IsPlainSet(ProgramCall call)
    {
        for (var i = 1; i < call.Words.Count; i++)
        {
            if (call.Words[i].Known is not { } word)
                return false;
            // From the first operand on, the words are positional parameters.
            if (word is "--" or "" || word[0] is not ('-' or '+'))
                return true;
            var letters = word.AsSpan(1);
            if (letters.ContainsAnyExcept(SetOptions))
                return false;
            if (letters.Contains('o') && (letters[^1] != 'o' || letters.Count('o') > 1
                || ++i >= call.Words.Count || call.Words[i].Known is not { } option || !Options.Contains(option)))
                return false;
        }

        return true;
    }
}

using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Reads which programs <c>find</c> runs and which files it writes. Each of its words must be accounted for: a word that is taken
/// for the value of an option, but is an order to find by another reading, would hide what follows it.
/// </summary>
internal static class FindCall
{
    private static readonly HashSet<string> TakesOne = ShellBuiltins.Set(
        "-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -newer -anewer -cnewer -newermt -mtime -atime "
        + "-ctime -mmin -amin -cmin -size -type -xtype -user -group -uid -gid -perm -maxdepth -mindepth -links -inum -fstype -samefile "
        + "-printf -used -regextype");

    private static readonly HashSet<string> TakesNone = ShellBuiltins.Set(
        "( ) ! , -- -not -a -and -o -or -H -L -P -E -X -d -s -x -O0 -O1 -O2 -O3 -print -print0 -ls -delete -prune -quit -depth -empty -true "
        + "-false -follow -mount -xdev -daystart -noleaf -nogroup -nouser -readable -writable -executable -ignore_readdir_race "
        + "-noignore_readdir_race -warn -nowarn -help -version --help --version");

    private static readonly HashSet<string> Runs = ShellBuiltins.Set("-exec -execdir -ok -okdir");

    private static readonly HashSet<string> Writes = ShellBuiltins.Set("-fprint -fprint0 -fls -fprintf");

    /// <summary>What a call of <c>find</c> does.</summary>
    /// <param name="Calls">The programs that the call runs for the files that it finds.</param>
    /// <param name="Written">The files to which the call writes its list.</param>
    internal sealed record Reading(IReadOnlyList<ProgramCall> Calls, IReadOnlyList<ShellWord> Written);

    /// <summary>Reads the call; null where a word may be another order than it seems to be.</summary>
    public static Reading? TryRead(ProgramCall call, VariableFacts facts)
    {
        var (calls, written, words) = (new List<ProgramCall>(), new List<ShellWord>(), call.Words);
        var isExpression = false;
        for (var i = 1; i < words.Count; i++)
        {
            var word = words[i].Known;
            // The places to search come before the expression.
            if (!isExpression && (word is null ? IsPlace(words, i, facts) : word is not (['-' or '(' or '!' or ')' or ',', ..])))
                continue;
            if (word is null)
                return null;
            isExpression |= word is not ("-H" or "-L" or "-P" or "-E" or "-X" or "--");
            if (Runs.Contains(word))
            {
                var end = i + 1;
                while (end < words.Count && !IsEnd(words, end) && !MayEnd(words[end]))
                    end++;
                if (end >= words.Count || end == i + 1 || !IsEnd(words, end))
                    return null;
                calls.Add(new ProgramCall(
                    call.Assignments, [.. words.Skip(i + 1).Take(end - i - 1).Select(static word => WrappedCall.Insert(word, "{}"))], false));
                i = end;
            }
            else if (Writes.Contains(word))
            {
                var values = word == "-fprintf" ? 2 : 1;
                if (i + values >= words.Count || !Enumerable.Range(i + 1, values).All(at => IsValue(words[at], facts)))
                    return null;
                written.Add(words[i + 1]);
                i += values;
            }
            else if (TakesOne.Contains(word))
            {
                if (++i >= words.Count || !IsValue(words[i], facts))
                    return null;
            }
            else if (!TakesNone.Contains(word))
            {
                return null;
            }
        }

        return new Reading(calls, written);
    }

    private static bool IsEnd(IReadOnlyList<ShellWord> words, int at) =>
        words[at].Known == ";" || (words[at].Known == "+" && words[at - 1].Known == "{}");

    /// <summary>Whether an unknown word may be, or hold, the end of a command that find runs.</summary>
    private static bool MayEnd(ShellWord word) => word.Known is null
        && !(word.IsOne && word.Pieces.OfType<WordPiece.Literal>().Any(static piece => piece.Written.AsSpan().IndexOfAnyExcept(';', '+') >= 0));

    /// <summary>
    /// Whether a word is exactly one word, and would not be an order of find if the option before it took no value.
    /// </summary>
    private static bool IsValue(ShellWord word, VariableFacts facts) => word.Known is { } known
        ? !Runs.Contains(known) && !Writes.Contains(known)
        : facts.IsContained(word) && !word.MayVanish;

    /// <summary>
    /// Whether an unknown word can only be a path, because it begins like one, because it holds a character that no order of find
    /// has, or because the next word would make no command of it.
    /// </summary>
    private static bool IsPlace(IReadOnlyList<ShellWord> words, int at, VariableFacts facts)
    {
        var word = words[at];
        var isContained = word.Pieces.All(piece =>
            piece is WordPiece.Literal or WordPiece.Pattern || facts.IsContained(new ShellWord([piece], word.Position)));
        var literals = word.Pieces.TakeWhile(static piece => piece is not WordPiece.Pattern { ReachesEnd: true }).OfType<WordPiece.Literal>();
        var beginsAsPath = word.Pieces[0] is WordPiece.Literal { Written: [not ('-' or '(' or '!' or ',' or ')'), ..] };
        if (isContained && (beginsAsPath || literals.Any(static literal => literal.Written.AsSpan().ContainsAny('.', '/'))))
            return true;
        return facts.IsPlainWord(word)
            || (facts.IsContained(word) && (at + 1 == words.Count || words[at + 1].Known is ['-' or '(' or '!', ..]));
    }
}

using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Reads what <c>find</c> runs and writes.</summary>
internal static class FindCall
{
    private static readonly HashSet<string> TakesOne = ShellBuiltins.Set(
        "-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -newer -anewer -cnewer -newermt -mtime -atime "
        + "-ctime -mmin -amin -cmin -size -type -xtype -user -group -uid -gid -perm -maxdepth -mindepth -links -inum -fstype -samefile "
        + "-printf -used -regextype");

    /// <summary>What is found in the call.</summary>
    /// <param name="Calls">What it runs for the files that it finds.</param>
    /// <param name="Written">The files that it writes its list to.</param>
    internal sealed record Reading(IReadOnlyList<ProgramCall> Calls, IReadOnlyList<ShellWord> Written);

    /// <summary>Reads the call; null where a word that is not known may be one of its orders.</summary>
    public static Reading? TryRead(ProgramCall call, VariableFacts facts)
    {
        var (calls, written, words) = (new List<ProgramCall>(), new List<ShellWord>(), call.Words);
        for (var i = 1; i < words.Count; i++)
        {
            switch (words[i].Known)
            {
                case null when !IsHarmless(words, i, facts):
                    return null;
                case "-exec" or "-execdir" or "-ok" or "-okdir":
                    var end = i + 1;
                    while (end < words.Count && !IsEnd(words, end))
                        end++;
                    if (end >= words.Count || end == i + 1)
                        return null;
                    calls.Add(new ProgramCall(
                        call.Assignments, [.. words.Skip(i + 1).Take(end - i - 1).Select(static word => WrappedCall.Insert(word, "{}"))], false));
                    i = end;
                    break;
                case "-fprint" or "-fprint0" or "-fls" or "-fprintf":
                    if (++i >= words.Count)
                        return null;
                    written.Add(words[i]);
                    break;
                case { } option when TakesOne.Contains(option) && i + 1 < words.Count && facts.IsContained(words[i + 1]):
                    i++;
                    break;
            }
        }

        return new Reading(calls, written);
    }

    private static bool IsEnd(IReadOnlyList<ShellWord> words, int at) =>
        words[at].Known == ";" || (words[at].Known == "+" && words[at - 1].Known == "{}");

    /// <summary>
    /// Whether a word that is not known can be but a path: it begins like one, it holds what no order of find does, or what follows
    /// would make no command of it.
    /// </summary>
    private static bool IsHarmless(IReadOnlyList<ShellWord> words, int at, VariableFacts facts)
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

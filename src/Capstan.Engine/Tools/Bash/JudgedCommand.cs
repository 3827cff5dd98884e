using System.Text;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>A command that a line runs, in the form in which rules are matched with it.</summary>
/// <param name="Subject">The command's text in canonical form, and other texts for the same command.</param>
/// <param name="Always">
/// The pattern that an answer of "always" allows; null where no pattern allows enough without allowing too much.
/// </param>
internal sealed record JudgedCommand(PermissionSubject Subject, string? Always)
{
    /// <summary>
    /// Makes the canonical form: quotes removed, blanks joined, redirections left out, assignments in front. Text that is known
    /// only once the shell runs is a gap in the text that is judged, and is shown as it is written.
    /// </summary>
    public static JudgedCommand Of(ProgramCall call)
    {
        var assigned = call.Assignments.Select(static assignment => Assigned(assignment)).ToList();
        var judged = Join(assigned.Concat(call.Words.Select(Gapped)));
        var aliases = new List<string>();
        if (call.Written is { } written)
            aliases.Add(written);
        if (call.Words.Count > 0)
        {
            var words = call.Words.Select(Gapped).ToList();
            aliases.Add(Join(words));
            words[0] = call.BaseName;
            aliases.Add(Join(words));
            // A file system that ignores case also finds a program by its name in other case.
            words[0] = words[0].ToLowerInvariant();
            aliases.Add(Join(words));
            if (call.Words.Any(static word => word.IsInHome))
                aliases.Add(Join([words[0], .. call.Words.Skip(1).Select(static word => word.IsInHome ? AtHome(word) : Gapped(word))]));
        }

        var shown = string.Join(' ', call.Assignments.Select(static assignment => assignment.Text)
            .Concat(call.Words.Where(static word => word.Pieces is not [WordPiece.Inserted { Written: "" }]).Select(static word => word.Text)));
        return new JudgedCommand(
            new PermissionSubject(shown)
            {
                Judged = judged,
                Aliases = [.. aliases.Where(alias => alias != judged && alias != shown).Distinct(StringComparer.Ordinal)],
            },
            CommandPrefix.AlwaysPattern(call));
    }

    private static string Assigned(ShellAssignment assignment) =>
        assignment.Name + (assignment.IsAppended ? "+=" : "=") + Gapped(assignment.Value);

    private static string AtHome(ShellWord word) =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + Gapped(word)[1..];

    private static string Gapped(ShellWord word)
    {
        if (word.MayVanish)
            return PermissionSubject.OptionalGap.ToString();
        var text = new StringBuilder();
        foreach (var piece in word.Pieces)
        {
            if (piece is WordPiece.Literal or WordPiece.Home)
                text.Append(piece.Written);
            else if (text.Length == 0 || text[^1] != PermissionSubject.Gap)
                text.Append(PermissionSubject.Gap);
            if (piece is WordPiece.Pattern { ReachesEnd: true })
                break;
        }

        return text.ToString();
    }

    /// <summary>Joins words by blanks. A word that may vanish includes the blank before it.</summary>
    private static string Join(IEnumerable<string> words)
    {
        var text = new StringBuilder();
        var isFirst = true;
        foreach (var word in words)
        {
            if (!isFirst && word != PermissionSubject.OptionalGap.ToString())
                text.Append(' ');
            text.Append(word);
            isFirst = false;
        }

        return text.ToString();
    }
}

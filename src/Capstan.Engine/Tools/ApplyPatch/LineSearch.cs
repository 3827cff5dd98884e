using System.Text;
using Capstan.Engine.Tools.Edit;

namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>
/// Finds lines of a patch in a file. Models drop blanks and write plain characters in place of typographic ones; so the lines are
/// looked for as they are first, and then in forms that tolerate more and more. The first place from where the last one was counts.
/// </summary>
internal sealed class LineSearch(IReadOnlyList<string> lines, EditBudget budget)
{
    private static readonly Func<string, string>[] Forms =
    [
        // The carriage return belongs to the line end.
        static line => line.EndsWith('\r') ? line[..^1] : line,
        static line => line.TrimEnd(),
        static line => line.Trim(),
        Plain,
    ];

    private readonly List<string>?[] _formed = new List<string>?[Forms.Length];

    /// <summary>Returns the index of the first of the wanted lines, or -1.</summary>
    /// <param name="wanted">The lines, without line ends; at least one.</param>
    /// <param name="from">The index of the first line to look at.</param>
    /// <param name="atEnd">Whether the end of the file is looked at first.</param>
    public int Find(IReadOnlyList<string> wanted, int from, bool atEnd = false)
    {
        var last = lines.Count - wanted.Count;
        for (var form = 0; form < Forms.Length && last >= from; form++)
        {
            string[] formed = [.. wanted.Select(Forms[form])];
            if (atEnd && Matches(form, formed, last))
                return last;
            for (var at = from; at <= last; at++)
            {
                if (Matches(form, formed, at))
                    return at;
            }
        }

        return -1;
    }

    private bool Matches(int form, string[] wanted, int at)
    {
        var file = Formed(form);
        for (var i = 0; i < wanted.Length; i++)
        {
            budget.Spend(1);
            if (file[at + i] != wanted[i])
                return false;
            budget.Spend(wanted[i].Length);
        }

        return true;
    }

    private List<string> Formed(int form)
    {
        if (_formed[form] is { } known)
            return known;
        var formed = new List<string>(lines.Count);
        foreach (var line in lines)
        {
            budget.Spend(line.Length + 1);
            formed.Add(Forms[form](line));
        }

        return _formed[form] = formed;
    }

    private static string Plain(string line)
    {
        var plain = new StringBuilder(line.Length);
        foreach (var character in line.AsSpan().Trim())
        {
            _ = character switch
            {
                '\u2018' or '\u2019' or '\u201A' or '\u201B' => plain.Append('\''),
                '\u201C' or '\u201D' or '\u201E' or '\u201F' => plain.Append('"'),
                (>= '\u2010' and <= '\u2015') or '\u2212' => plain.Append('-'),
                '\u2026' => plain.Append("..."),
                '\u00A0' or (>= '\u2002' and <= '\u200A') or '\u202F' or '\u205F' or '\u3000' => plain.Append(' '),
                _ => plain.Append(character),
            };
        }

        return plain.ToString();
    }
}

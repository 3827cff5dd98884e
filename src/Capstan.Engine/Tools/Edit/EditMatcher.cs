using System.Text;

namespace Capstan.Engine.Tools.Edit;

/// <summary>
/// Finds the text that a model meant. Models sometimes drop a space, an indentation or an
/// escape. Each strategy tolerates one such mistake; the strictest strategy comes first, and
/// the first that finds exactly one place is used. Between two places, none is chosen.
/// </summary>
internal static class EditMatcher
{
    private static readonly Func<EditSearch, IEnumerable<EditMatch>>[] Strategies =
    [
        EditStrategies.Exact,
        EditStrategies.LineTrimmed,
        EditStrategies.BlockAnchor,
        EditStrategies.WhitespaceNormalized,
        EditStrategies.IndentationFlexible,
        EditStrategies.EscapeNormalized,
        EditStrategies.TrimmedBoundary,
        EditStrategies.ContextAware,
    ];

    /// <summary>Returns the content with the text replaced.</summary>
    /// <exception cref="ToolException">
    /// The text is nowhere or in several places, or only a far larger
    /// part of the file resembles it, or the search takes too long.
    /// </exception>
    public static string Replace(string content, string oldText, string newText, bool all, EditBudget budget)
    {
        var text = EditText.For(content, oldText, newText);
        var search = new EditSearch(new LineIndex(content), text, all, budget);
        var ambiguous = false;
        foreach (var strategy in Strategies)
        {
            var matches = Distinct(strategy(search), all);
            if (matches.Count == 0)
                continue;
            if (matches.Count > 1 && !all)
            {
                ambiguous = true;
                continue;
            }

            // Replacing a place that is much larger than the text would delete lines that the model has never seen.
            if (matches.Exists(match => match.Length > Math.Max(text.Old.Length * 2, text.Old.Length + 400)))
            {
                throw new ToolException(
                    "The only place that resembles oldString is much larger than it, so nothing was replaced. "
                    + "Read the file again and give the text exactly.");
            }

            return Apply(content, matches);
        }

        throw new ToolException(ambiguous
            ? "oldString occurs in several places. Add surrounding lines until it is unique, or set replaceAll."
            : "oldString was not found in the file. It must be the same text, including spaces, indentation and line breaks.");
    }

    private static List<EditMatch> Distinct(IEnumerable<EditMatch> matches, bool all)
    {
        var result = new List<EditMatch>();
        foreach (var match in matches)
        {
            // Places that overlap are different guesses at one change, so both are kept, and the result is ambiguous.
            if (result.Count == 0 || match != result[^1])
                result.Add(match);
            if (!all && result.Count > 1)
                break;
        }

        return result;
    }

    private static string Apply(string content, List<EditMatch> matches)
    {
        var result = new StringBuilder(content.Length);
        var position = 0;
        foreach (var match in matches)
        {
            if (match.Start < position)
                continue;
            result.Append(content, position, match.Start - position).Append(match.Replacement);
            position = match.Start + match.Length;
        }

        return result.Append(content, position, content.Length - position).ToString();
    }
}

namespace Capstan.Engine.Tools.Edit;

/// <summary>One search for a text in a file.</summary>
/// <param name="File">The lines of the file.</param>
/// <param name="Text">The text to find, and the text that replaces it.</param>
/// <param name="All">
/// Whether every place is to be found. Otherwise a search may end at the second, because then none is used.
/// </param>
/// <param name="Budget">The steps that the search may take.</param>
internal sealed record EditSearch(LineIndex File, EditText Text, bool All, EditBudget Budget)
{
    /// <summary>The lines of both texts, compared without the white space around them.</summary>
    public LineKeys Trimmed => field ??= LineKeys.Of(File, Text.Lines, static line => line.Trim(), Budget);

    /// <summary>
    /// Finds the places of a piece of text. Places that overlap are several
    /// guesses at one change, and count unless all places are changed.
    /// </summary>
    public IEnumerable<EditMatch> Occurrences(string wanted, string replacement) =>
        SequenceSearch.Find<char>(File.Text, wanted, overlapping: !All, Budget).Select(at => new EditMatch(at, wanted.Length, replacement));

    /// <summary>Finds the lines at which the wanted lines begin, compared by these keys.</summary>
    public List<int> Windows(LineKeys keys) => SequenceSearch.Find<int>(keys.File, keys.Wanted, overlapping: !All, Budget);

    /// <summary>Makes the match that replaces some whole lines.</summary>
    public EditMatch Lines(int first, int count)
    {
        var (start, length) = File.Span(first, count, Text.EndsWithNewline);
        return new EditMatch(start, length, Text.New);
    }
}

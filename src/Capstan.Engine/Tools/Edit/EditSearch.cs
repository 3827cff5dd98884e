namespace Capstan.Engine.Tools.Edit;

/// <summary>One search for a text in a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Text">What is looked for and what replaces it.</param>
/// <param name="All">Whether every place is wanted; else two are as good as many, since neither is taken.</param>
/// <param name="Budget">Pays for it.</param>
internal sealed record EditSearch(LineIndex File, EditText Text, bool All, EditBudget Budget)
{
    /// <summary>Both texts' lines by what stands in them, without white space around it.</summary>
    public LineKeys Trimmed => field ??= LineKeys.Of(File, Text.Lines, static line => line.Trim(), Budget);

    /// <summary>Where a piece of text occurs. Places that overlap are several guesses at one change, so they count unless all are changed.</summary>
    public IEnumerable<EditMatch> Occurrences(string wanted, string replacement) =>
        SequenceSearch.Find<char>(File.Text, wanted, overlapping: !All, Budget).Select(at => new EditMatch(at, wanted.Length, replacement));

    /// <summary>Where the wanted lines begin, by these keys.</summary>
    public List<int> Windows(LineKeys keys) => SequenceSearch.Find<int>(keys.File, keys.Wanted, overlapping: !All, Budget);

    /// <summary>Some whole lines, replaced.</summary>
    public EditMatch Lines(int first, int count)
    {
        var (start, length) = File.Span(first, count, Text.EndsWithNewline);
        return new EditMatch(start, length, Text.New);
    }
}

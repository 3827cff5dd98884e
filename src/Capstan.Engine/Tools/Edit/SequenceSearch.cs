namespace Capstan.Engine.Tools.Edit;

/// <summary>
/// Finds a sequence in another one in linear time, however repetitive they are (the algorithm of Knuth, Morris and Pratt).
/// </summary>
internal static class SequenceSearch
{
    private const int StepsAtOnce = 4096;

    /// <summary>Finds the places where the wanted sequence begins, in ascending order.</summary>
    /// <param name="text">The sequence to search.</param>
    /// <param name="wanted">The sequence to find; an empty one is found nowhere.</param>
    /// <param name="overlapping">Whether places count that overlap the place before.</param>
    /// <param name="budget">The steps that the search may take.</param>
    public static List<int> Find<T>(ReadOnlySpan<T> text, ReadOnlySpan<T> wanted, bool overlapping, EditBudget budget)
        where T : struct, IEquatable<T>
    {
        var found = new List<int>();
        if (wanted.IsEmpty || wanted.Length > text.Length)
            return found;
        var borders = Borders(wanted, budget);
        var matched = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (i % StepsAtOnce == 0)
                budget.Spend(StepsAtOnce);
            while (matched > 0 && !wanted[matched].Equals(text[i]))
                matched = borders[matched - 1];
            if (!wanted[matched].Equals(text[i]))
                continue;
            if (++matched < wanted.Length)
                continue;
            found.Add(i + 1 - wanted.Length);
            matched = overlapping ? borders[matched - 1] : 0;
        }

        return found;
    }

    /// <summary>
    /// Computes for each beginning of the sequence the length of its longest proper beginning that is also its end.
    /// </summary>
    private static int[] Borders<T>(ReadOnlySpan<T> wanted, EditBudget budget)
        where T : struct, IEquatable<T>
    {
        budget.Spend(wanted.Length);
        var borders = new int[wanted.Length];
        var matched = 0;
        for (var i = 1; i < wanted.Length; i++)
        {
            while (matched > 0 && !wanted[matched].Equals(wanted[i]))
                matched = borders[matched - 1];
            if (wanted[matched].Equals(wanted[i]))
                matched++;
            borders[i] = matched;
        }

        return borders;
    }
}

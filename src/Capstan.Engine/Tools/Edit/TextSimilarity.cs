namespace Capstan.Engine.Tools.Edit;

/// <summary>
/// How similar two lines are: 1 for equal lines, 0 for nothing in common (Levenshtein's distance over the longer length).
/// </summary>
internal static class TextSimilarity
{
    // The time is the product of both lengths. A longer line is data, and counts only as equal or not.
    private const int MaxLength = 500;

    public static double Of(ReadOnlySpan<char> a, ReadOnlySpan<char> b, EditBudget budget)
    {
        budget.Spend(Math.Min(a.Length, b.Length));
        if (a.SequenceEqual(b))
            return 1;
        if (a.Length > MaxLength || b.Length > MaxLength || a.IsEmpty || b.IsEmpty)
            return 0;
        budget.Spend((long)a.Length * b.Length);
        Span<int> row = stackalloc int[MaxLength + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return 1.0 - ((double)row[b.Length] / Math.Max(a.Length, b.Length));
    }
}

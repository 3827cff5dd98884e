namespace Capstan.Engine.Names;

/// <summary>
/// How many letters must be added, dropped, changed, or swapped with their neighbour to make one name of another (optimal string
/// alignment).
/// </summary>
internal static class NameDistance
{
    // Names come from requests, and nobody mistypes a name that is longer than this.
    private const int MaxLength = 200;

    public static int Between(string a, string b)
    {
        if (a.Length > MaxLength || b.Length > MaxLength)
            return int.MaxValue;
        // Three rows are enough: a swap looks back two letters.
        Span<int> before = stackalloc int[MaxLength + 1];
        Span<int> above = stackalloc int[MaxLength + 1];
        Span<int> row = stackalloc int[MaxLength + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var free = before;
            before = above;
            above = row;
            row = free;
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(above[j] + 1, row[j - 1] + 1), above[j - 1] + (AreSame(a[i - 1], b[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && AreSame(a[i - 1], b[j - 2]) && AreSame(a[i - 2], b[j - 1]))
                    cost = Math.Min(cost, before[j - 2] + 1);
                row[j] = cost;
            }
        }

        return row[b.Length];
    }

    private static bool AreSame(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}

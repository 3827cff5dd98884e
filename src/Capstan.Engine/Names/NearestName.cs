namespace Capstan.Engine.Names;

/// <summary>Finds which of the known names somebody meant who wrote an unknown one.</summary>
public static class NearestName
{
    /// <summary>The nearest name, or null where none is near enough to be worth mentioning.</summary>
    /// <param name="given">The name that was written.</param>
    /// <param name="known">The names that there are.</param>
    public static string? Find(string given, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(known);
        // Two letters of five may be wrong, and one letter in any case: beyond that, the name is another name and not a slip.
        var limit = Math.Max(1, given.Length * 2 / 5);
        return known
            .Select(name => (Name: name, Distance: Distance(given, name)))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(static candidate => candidate.Distance)
            // Of names at the same distance, one of the same length comes first, because letters are swapped more often than
            // forgotten.
            .ThenBy(candidate => Math.Abs(candidate.Name.Length - given.Length))
            .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
            .Select(static candidate => candidate.Name)
            .FirstOrDefault();
    }

    // Names that differ in separators only, such as max_retries and maxRetries, are one slip apart.
    private static int Distance(string given, string name) =>
        Math.Min(NameDistance.Between(given, name), NameDistance.Between(Plain(given), Plain(name)) + 1);

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}

using Capstan.Engine.Files;

namespace Capstan.Engine.Searching;

/// <summary>
/// The rules of the ignore files from the repository's top down to a directory. Of the files that have a matching line the
/// innermost decides, and in it the last matching line.
/// </summary>
internal sealed class IgnoreRules
{
    // Each file of a walk is compared with each rule. Nobody writes a longer file of rules by hand.
    private const int MaxBytes = 256 * 1024;
    private const int MaxLine = 4096;

    private static readonly string[] FileNames = [".gitignore", ".ignore"];

    private readonly IgnoreRules? _outer;
    private readonly List<Rule> _rules;
    private readonly int _baseLength;

    private IgnoreRules(IgnoreRules? outer, List<Rule> rules, string directory)
    {
        _outer = outer;
        _rules = rules;
        _baseLength = directory == "/" ? 1 : directory.Length + 1;
    }

    /// <summary>Reads the rules of the directories above the one where a search begins.</summary>
    public static IgnoreRules? Above(string directory) => Above(directory, out _);

    /// <param name="directory">The resolved path of the directory.</param>
    /// <param name="isIgnored">Whether the directory, and so everything in it, is itself ignored.</param>
    /// <inheritdoc cref="Above(string)"/>
    public static IgnoreRules? Above(string directory, out bool isIgnored)
    {
        isIgnored = false;
        var chain = new Stack<string>();
        var top = directory;
        while (!Path.Exists(Path.Combine(top, ".git")))
        {
            if (Path.GetDirectoryName(top) is not { } parent)
                return null;
            top = parent;
            chain.Push(top);
        }

        var rules = From(null, top, Path.Combine(top, ".git", "info", "exclude"));
        if (chain.Count == 0)
            return rules;
        rules = Within(rules, chain.Pop());
        while (chain.TryPop(out var next))
        {
            isIgnored |= IsIgnored(rules, next, isDirectory: true);
            rules = Within(rules, next);
        }

        isIgnored |= IsIgnored(rules, directory, isDirectory: true);
        return rules;
    }

    /// <summary>Adds the rules of one directory; returns the outer rules where the directory has none.</summary>
    public static IgnoreRules? Within(IgnoreRules? outer, string directory)
    {
        foreach (var name in FileNames)
            outer = From(outer, directory, Path.Combine(directory, name));
        return outer;
    }

    public static bool IsIgnoreFile(ReadOnlySpan<char> name) =>
        name.Length > 0 && name[0] == '.' && (name.SequenceEqual(FileNames[0]) || name.SequenceEqual(FileNames[1]));

    public static bool IsIgnored(IgnoreRules? rules, ReadOnlySpan<char> path, bool isDirectory)
    {
        for (; rules is not null; rules = rules._outer)
        {
            var relative = path[rules._baseLength..];
            for (var i = rules._rules.Count - 1; i >= 0; i--)
            {
                var rule = rules._rules[i];
                if ((isDirectory || !rule.DirectoriesOnly) && rule.Glob.IsMatch(relative))
                    return !rule.Negated;
            }
        }

        return false;
    }

    private static IgnoreRules? From(IgnoreRules? outer, string directory, string file)
    {
        try
        {
            if (!File.Exists(file))
                return outer;
            var rules = new List<Rule>();
            using var lines = new StringReader(RegularFile.ReadText(file, MaxBytes));
            while (lines.ReadLine() is { } line)
            {
                if (line.Length <= MaxLine && Parse(line) is { } rule)
                    rules.Add(rule);
            }

            return rules.Count == 0 ? outer : new IgnoreRules(outer, rules, directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file that cannot be read, or is not a regular file, ignores nothing.
            return outer;
        }
    }

    private static Rule? Parse(string line)
    {
        var text = line.AsSpan();
        // Trailing spaces do not count, unless the last one is escaped.
        while (text.EndsWith(" ") && !text.EndsWith("\\ "))
            text = text[..^1];
        if (text.IsEmpty || text[0] == '#')
            return null;
        var negated = text[0] == '!';
        text = negated ? text[1..] : text;
        var directories = text.EndsWith("/");
        text = directories ? text[..^1] : text;
        return text.IsEmpty ? null : new Rule(PathGlob.Parse(text.ToString()), negated, directories);
    }

    private sealed record Rule(PathGlob Glob, bool Negated, bool DirectoriesOnly);
}

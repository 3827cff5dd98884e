using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Finds Markdown definitions below a folder. Links are followed, because people keep definitions elsewhere and link to them.
/// </summary>
internal static class DefinitionFiles
{
    private const int MaxDirectories = 1_000;
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0 };

    /// <summary>Finds the files, in the order of their paths, and stamps every folder that it read.</summary>
    public static IReadOnlyList<string> Find(string folder, bool deep, ConfigStamps stamps)
    {
        stamps.Add(folder);
        var files = new List<string>();
        foreach (var directory in new LinkedDirectories(MaxDirectories).Below(folder, deep ? MaxDirectories : 0))
        {
            stamps.Add(directory);
            files.AddRange(Directory.EnumerateFiles(directory, "*.md", All));
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }
}

namespace Capstan.Engine.Configuration;

/// <summary>
/// Finds Markdown definitions below a folder. Links are followed, since people keep definitions elsewhere and link to them; each
/// real directory is entered once, and a link to something vast does not make the search endless.
/// </summary>
internal static class DefinitionFiles
{
    private const int MaxDirectories = 1_000;
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0 };

    /// <summary>The files, in the order of their names; every folder that was looked into is stamped.</summary>
    public static IReadOnlyList<string> Find(string folder, bool deep, ConfigStamps stamps)
    {
        stamps.Add(folder);
        if (!Directory.Exists(folder))
            return [];
        var files = new List<string>();
        var entered = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([folder]);
        while (pending.TryPop(out var at) && entered.Count < MaxDirectories)
        {
            var real = new DirectoryInfo(at).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? at;
            if (!entered.Add(real))
                continue;
            stamps.Add(at);
            files.AddRange(Directory.EnumerateFiles(at, "*.md", All));
            if (!deep)
                break;
            foreach (var inner in Directory.EnumerateDirectories(at, "*", All))
                pending.Push(inner);
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }
}

using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// Finds files that would make git hang: git opens its files without looking at
/// their kind, and a named pipe among them holds git until git is killed.
/// </summary>
/// <remarks>
/// These are the files that git opens for any command. Other files may still hold git, so every run also has a time limit.
/// </remarks>
internal static class GitObstacles
{
    private const int MaxHead = 64 * 1024;

    private static readonly string[] OfCheckout = ["HEAD", "commondir", "config.worktree", "index"];

    private static readonly string[] OfRepository =
    [
        "config", "packed-refs", "shallow", "info/exclude", "info/attributes", "info/grafts", "info/sparse-checkout",
        "objects/info/alternates", "objects/info/commit-graph", "objects/pack/multi-pack-index",
    ];

    private static readonly string[] OfWorktree = [".gitignore", ".gitattributes", ".gitmodules"];

    /// <summary>Finds the first file that exists and is neither regular nor a directory; null where there is none.</summary>
    public static string? Find(GitRepository repository) =>
        OfCheckout.Select(name => Path.Combine(repository.GitDirectory, name))
            .Concat(OfRepository.Select(name => Path.Combine(repository.CommonDirectory, name)))
            .Concat(Head(repository))
            .Concat(OfWorktree.Select(name => Path.Combine(repository.Worktree, name)))
            .FirstOrDefault(IsSpecial);

    private static IEnumerable<string> Head(GitRepository repository)
    {
        string text;
        try
        {
            text = RegularFile.ReadText(Path.Combine(repository.GitDirectory, "HEAD"), MaxHead).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Find looks at the kind of HEAD itself; here HEAD only names no further file.
            return [];
        }

        const string Reference = "ref: ";
        return text.StartsWith(Reference, StringComparison.Ordinal) ? [Path.Combine(repository.CommonDirectory, text[Reference.Length..])] : [];
    }

    private static bool IsSpecial(string path)
    {
        try
        {
            return Posix.Status(Posix.Anywhere, path, follow: true) is { IsRegular: false, IsDirectory: false };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Git may not open a file at which Capstan may not even look.
            return false;
        }
    }
}

using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces;

/// <summary>
/// Finds what would make git wait: it opens its files without looking at them, and a named pipe among them holds it until it is killed.
/// </summary>
/// <remarks>These are the files that it opens whatever it is asked for. Others may be in its way still, so every run has a limit, too.</remarks>
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

    /// <summary>The first file that is neither regular nor absent; null where there is none.</summary>
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
            // What it is has been looked at above.
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
            // What we may not look at, git may not open.
            return false;
        }
    }
}

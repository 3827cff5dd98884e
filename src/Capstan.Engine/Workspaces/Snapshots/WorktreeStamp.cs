using System.IO.Enumeration;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// What the system says of all files below a directory: names, sizes, times and permissions. As long as it says the same, git would find
/// nothing new, and starting git is most of what a look costs.
/// </summary>
/// <param name="Rules">Of the files that say what git leaves out.</param>
/// <param name="Files">Of all files, those included.</param>
/// <param name="NewestRule">The last change of one of those that are <paramref name="Rules"/>.</param>
/// <param name="Newest">The last change of any. A file that changes twice within one tick of its clock looks as if it had changed once.</param>
internal readonly record struct WorktreeStamp(string Rules, string Files, DateTimeOffset NewestRule, DateTimeOffset Newest)
{
    /// <summary>With more files than this git is asked: the time that reading their state takes would be the server's own.</summary>
    public const int MaxFiles = 5000;

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0, IgnoreInaccessible = true, RecurseSubdirectories = false, ReturnSpecialDirectories = false,
    };

    /// <summary>Reads the stamp of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="rules">Files outside of it that say what git leaves out.</param>
    /// <param name="ignored">Directories that git leaves out, by full path.</param>
    /// <param name="own">Capstan's own data, which is left out as well.</param>
    /// <returns>
    /// Null where there are too many files, a directory that went meanwhile, or another repository, whose state git reads from elsewhere.
    /// </returns>
    public static WorktreeStamp? Read(string directory, IEnumerable<string> rules, IReadOnlySet<string> ignored, string own)
    {
        using var ofRules = new StampHash();
        using var ofFiles = new StampHash();
        foreach (var rule in rules)
            ofRules.Add(rule, Find(rule, follow: true));
        var count = 0;
        var waiting = new Stack<string>();
        waiting.Push(directory);
        while (waiting.TryPop(out var next))
        {
            FileSystemEnumerable<string> entries;
            try
            {
                entries = Entries(next);
            }
            catch (IOException)
            {
                return null;
            }

            foreach (var path in entries)
            {
                if (ignored.Contains(path) || path == own)
                    continue;
                if (Path.GetFileName(path.AsSpan()) is ".git")
                {
                    // That of the worktree itself is git's own.
                    if (next == directory)
                        continue;
                    return null;
                }

                if (++count > MaxFiles)
                    return null;
                var status = Find(path, follow: false);
                ofFiles.Add(path, status);
                if (status is { IsDirectory: true })
                    waiting.Push(path);
                else if (Path.GetFileName(path.AsSpan()) is ".gitignore")
                    ofRules.Add(path, status);
            }
        }

        return new WorktreeStamp(
            ofRules.Finish(), ofFiles.Finish(), ofRules.Newest, ofRules.Newest > ofFiles.Newest ? ofRules.Newest : ofFiles.Newest);
    }

    private static FileSystemEnumerable<string> Entries(string directory) =>
        new(directory, static (ref entry) => entry.ToFullPath(), Everything);

    private static FileStatus? Find(string path, bool follow)
    {
        try
        {
            return Posix.Status(Posix.Anywhere, path, follow);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What we may not look at, git may not look at.
            return null;
        }
    }
}

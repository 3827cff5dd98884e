using System.IO.Enumeration;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// What the system says of all files below a directory: names, sizes, times and permissions. As long as the stamp is the same,
/// git would find no change, and a look need not start git, which is most of its cost.
/// </summary>
/// <param name="Rules">The hash of the files that say what git leaves out.</param>
/// <param name="Files">The hash of all files below the directory.</param>
/// <param name="NewestRule">The newest change of a file that counts for <paramref name="Rules"/>.</param>
/// <param name="Newest">
/// The newest change of any file. A file that changes twice within one
/// tick of its file system's clock looks as if it had changed once.
/// </param>
internal readonly record struct WorktreeStamp(string Rules, string Files, DateTimeOffset NewestRule, DateTimeOffset Newest)
{
    /// <summary>
    /// With more files than this, git is asked at once: reading their state would take too much of the server's own time.
    /// </summary>
    public const int MaxFiles = 5000;

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0, IgnoreInaccessible = true, RecurseSubdirectories = false, ReturnSpecialDirectories = false,
    };

    /// <summary>Reads the stamp of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="rules">Files outside the directory that say what git leaves out.</param>
    /// <param name="ignored">Full paths of directories that git leaves out.</param>
    /// <param name="own">The directory of Capstan's own data, which is left out as well.</param>
    /// <returns>
    /// Null where there are too many files, where a directory vanished during the reading, or
    /// where there is another repository, whose state git reads from elsewhere.
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
                    // The .git of the worktree's own repository is no other repository.
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
            // Git may not look at a file at which Capstan may not look.
            return null;
        }
    }
}

using System.IO.Enumeration;

namespace Capstan.Engine.Searching;

/// <summary>
/// Finds the files below a directory. Ignore files are obeyed, <c>.git</c> is left out, and symbolic links are not followed, so
/// that a walk neither leaves the directory nor goes in circles. Directories of the same depth are read at the same time.
/// </summary>
internal static class FileWalk
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0, IgnoreInaccessible = true, RecurseSubdirectories = false, ReturnSpecialDirectories = false,
    };

    /// <param name="root">The resolved path of the directory.</param>
    /// <param name="wanted">Which files to find, by their paths below the root; all files where null.</param>
    /// <param name="hidden">
    /// Whether to find names with a leading dot even if <paramref name="wanted"/> does not name them.
    /// </param>
    /// <param name="cancellationToken">Stops the walk.</param>
    public static async Task<DirectoryNode> RunAsync(
        string root, FileGlob? wanted, bool hidden, CancellationToken cancellationToken)
    {
        var top = new DirectoryNode(root, IgnoreRules.Above(root));
        var level = new List<DirectoryNode> { top };
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount,
        };
        var rootLength = root == "/" ? 1 : root.Length + 1;
        while (level.Count > 0)
        {
            await Parallel.ForEachAsync(level, options, (node, token) =>
            {
                Scan(node, rootLength, wanted, hidden, token);
                return ValueTask.CompletedTask;
            });
            var next = new List<DirectoryNode>();
            foreach (var node in level)
                next.AddRange(node.Directories);
            level = next;
        }

        return top;
    }

    /// <summary>
    /// Whether a path is a symbolic link or is gone. A walk does not ask this of the files that it finds, because each check reads
    /// the disk: whoever shows files asks it of those alone.
    /// </summary>
    public static bool IsLink(string path)
    {
        try
        {
            return (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void Scan(DirectoryNode node, int rootLength, FileGlob? wanted, bool hidden, CancellationToken cancellationToken)
    {
        var entries = Entries(node.Path, out var hasRules);
        var rules = hasRules ? IgnoreRules.Within(node.Rules, node.Path) : node.Rules;
        var files = new List<string>();
        var directories = new List<DirectoryNode>();
        var prefix = node.Path == "/" ? "/" : node.Path + "/";
        Span<char> path = stackalloc char[1024];
        foreach (var (name, isDirectory) in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = prefix.Length + name.Length;
            if (length > path.Length)
                path = new char[length * 2];
            prefix.CopyTo(path);
            name.CopyTo(path[prefix.Length..]);
            var full = path[..length];
            var relative = full[rootLength..];
            if (isDirectory || wanted is null)
            {
                if (!hidden && name[0] == '.' && wanted?.IsMatch(relative) != true)
                    continue;
            }
            else if (!wanted.IsMatch(relative))
            {
                continue;
            }

            if (IgnoreRules.IsIgnored(rules, full, isDirectory))
                continue;
            if (isDirectory)
                directories.Add(new DirectoryNode(full.ToString(), rules));
            else
                files.Add(name);
        }

        files.Sort(StringComparer.Ordinal);
        directories.Sort((a, b) => string.CompareOrdinal(a.Path + "/", b.Path + "/"));
        node.Files = [.. files];
        node.Directories = [.. directories];
    }

    private static List<(string Name, bool IsDirectory)> Entries(string directory, out bool hasRules)
    {
        var rules = false;
        try
        {
            var found = new FileSystemEnumerable<(string, bool)>(
                directory,
                (ref FileSystemEntry entry) =>
                {
                    rules |= IgnoreRules.IsIgnoreFile(entry.FileName);
                    return (entry.FileName.ToString(), entry.IsDirectory);
                },
                Everything)
            {
                // Whether a file is a link is only checked later and for files that matter, because each check reads the disk.
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.FileName.SequenceEqual(".git")
                    && (!entry.IsDirectory || (entry.Attributes & FileAttributes.ReparsePoint) == 0),
            };
            return [.. found];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The directory was deleted or closed since its parent was read; the other directories are still worth showing.
            return [];
        }
        finally
        {
            hasRules = rules;
        }
    }
}

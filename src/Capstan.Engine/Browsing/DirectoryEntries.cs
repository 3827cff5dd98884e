using System.IO.Enumeration;
using Capstan.Contract;
using Capstan.Engine.Searching;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Browsing;

/// <summary>Lists the files and directories in a directory: directories first, then by name whatever the case of its letters.</summary>
/// <remarks>Links are left out, wherever they lead, so that whoever lists a tree level by level neither leaves it nor goes in circles.</remarks>
internal static class DirectoryEntries
{
    /// <summary>How many entries are listed. Those that come after them in the order are left out.</summary>
    public const int Limit = 10_000;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true, ReturnSpecialDirectories = false };

    private static readonly Comparer<(string Name, bool IsDirectory)> Order = Comparer<(string Name, bool IsDirectory)>.Create(static (a, b) =>
        a.IsDirectory != b.IsDirectory ? b.IsDirectory.CompareTo(a.IsDirectory)
        : StringComparer.OrdinalIgnoreCase.Compare(a.Name, b.Name) is not 0 and var order ? order
        : string.CompareOrdinal(a.Name, b.Name));

    /// <exception cref="WorkspaceReadException">There is no such directory, or it cannot be read.</exception>
    public static IReadOnlyList<FileNode> Read(BrowsedPath path, CancellationToken cancellationToken)
    {
        var first = new FirstInOrder<(string Name, bool IsDirectory)>(Limit, Order);
        try
        {
            foreach (var entry in Entries(path.Resolved))
            {
                cancellationToken.ThrowIfCancellationRequested();
                first.Add(entry);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw File.Exists(path.Resolved) ? Refused("The path is a file and not a directory", error)
                : error is DirectoryNotFoundException
                    ? new WorkspaceReadException(WorkspaceReadProblem.Missing, $"There is no such directory: {path.Absolute}", error)
                : Refused("The directory cannot be read", error);
        }

        var rules = IgnoreRules.Within(IgnoreRules.Above(path.Resolved, out var isIgnored), path.Resolved);
        var (prefix, relative) = (path.Resolved == "/" ? "/" : path.Resolved + "/", path.Relative.Length == 0 ? "" : path.Relative + "/");
        return
        [
            .. first.Values.Select(entry => new FileNode(
                entry.Name,
                relative + entry.Name + (entry.IsDirectory ? "/" : ""),
                Path.Combine(path.Absolute, entry.Name),
                entry.IsDirectory ? FileNodeType.Directory : FileNodeType.File,
                isIgnored || IgnoreRules.IsIgnored(rules, prefix + entry.Name, entry.IsDirectory))),
        ];

        WorkspaceReadException Refused(string why, Exception error) =>
            new(WorkspaceReadProblem.Refused, $"{why}: {path.Absolute}\n  at [\"path\"]", error);
    }

    private static FileSystemEnumerable<(string Name, bool IsDirectory)> Entries(string directory) =>
        new(directory, static (ref entry) => (entry.FileName.ToString(), entry.IsDirectory), Everything)
        {
            ShouldIncludePredicate = static (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
}

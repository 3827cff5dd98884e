namespace Capstan.Engine.Searching;

/// <summary>
/// A directory of a walk. It holds only names, so that a tree of a hundred thousand files takes a few megabytes.
/// </summary>
internal sealed class DirectoryNode(string path, IgnoreRules? rules)
{
    public string Path { get; } = path;

    /// <summary>
    /// The ignore rules from the directories above; those of the directory itself are added when it is scanned.
    /// </summary>
    public IgnoreRules? Rules { get; } = rules;

    /// <summary>The files of this directory that the walk is for, sorted.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>The directories that the walk enters, sorted by path.</summary>
    public DirectoryNode[] Directories { get; set; } = [];

    /// <summary>Lists all files below this directory, in the order of their whole paths.</summary>
    public IEnumerable<string> Paths()
    {
        // An explicit stack is used, because a tree can be deeper than recursion allows.
        var open = new Stack<(DirectoryNode Node, int File, int Directory)>([(this, 0, 0)]);
        while (open.TryPop(out var at))
        {
            var (node, file, directory) = at;
            var prefix = node.Path == "/" ? "/" : node.Path + "/";
            while (file < node.Files.Length || directory < node.Directories.Length)
            {
                var path = file < node.Files.Length ? prefix + node.Files[file] : null;
                // In a whole path a slash follows the directory's name, so the name is compared with that slash.
                if (directory < node.Directories.Length
                    && (path is null || string.CompareOrdinal(node.Directories[directory].Path + "/", path) < 0))
                {
                    open.Push((node, file, directory + 1));
                    open.Push((node.Directories[directory], 0, 0));
                    break;
                }

                file++;
                yield return path!;
            }
        }
    }
}

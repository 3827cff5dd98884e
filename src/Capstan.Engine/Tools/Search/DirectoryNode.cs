namespace Capstan.Engine.Tools.Search;

/// <summary>A directory of a walk: names only, so that a tree of a hundred thousand files is a few megabytes.</summary>
internal sealed class DirectoryNode(string path, IgnoreRules? rules)
{
    public string Path { get; } = path;

    /// <summary>The rules above it; its own come with the scan.</summary>
    public IgnoreRules? Rules { get; } = rules;

    /// <summary>The files that the walk wants, sorted.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>The directories that it goes into, sorted by path.</summary>
    public DirectoryNode[] Directories { get; set; } = [];

    /// <summary>All files below, in the order of their whole paths.</summary>
    public IEnumerable<string> Paths()
    {
        // A stack of its own: a tree is as deep as somebody made it.
        var open = new Stack<(DirectoryNode Node, int File, int Directory)>([(this, 0, 0)]);
        while (open.TryPop(out var at))
        {
            var (node, file, directory) = at;
            var prefix = node.Path == "/" ? "/" : node.Path + "/";
            while (file < node.Files.Length || directory < node.Directories.Length)
            {
                var path = file < node.Files.Length ? prefix + node.Files[file] : null;
                // In whole paths a directory's name goes on with a slash, and that is what is compared.
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

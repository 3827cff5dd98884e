using Capstan.Contract;

namespace Capstan.Engine.Searching;

/// <summary>Finds the files and directories of a tree that fit a query best. Links are left out.</summary>
/// <param name="query">What to search for.</param>
/// <param name="type">What is found: files, directories, or both where null.</param>
/// <param name="limit">How many paths are found at the most.</param>
internal sealed class NameSearch(NameQuery query, FileNodeType? type, int limit)
{
    private readonly FirstInOrder<(long Rank, string Path)> _best = new(limit, Comparer<(long Rank, string Path)>.Create(static (a, b) =>
        a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : string.CompareOrdinal(a.Path, b.Path)));

    /// <summary>Searches a tree.</summary>
    /// <returns>Paths relative to the tree's root, the best first; those of directories end with a slash.</returns>
    public IReadOnlyList<string> Run(DirectoryNode tree, CancellationToken cancellationToken)
    {
        var rootLength = tree.Path == "/" ? 1 : tree.Path.Length + 1;
        var path = new char[1024];
        var waiting = new Stack<DirectoryNode>([tree]);
        while (waiting.TryPop(out var node))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var prefix = node == tree ? "" : string.Concat(node.Path.AsSpan(rootLength), "/");
            if (node != tree && type is not FileNodeType.File)
                Consider(prefix, prefix, tree);
            foreach (var name in type is FileNodeType.Directory ? [] : node.Files)
            {
                if (path.Length < prefix.Length + name.Length)
                    path = new char[(prefix.Length + name.Length) * 2];
                prefix.CopyTo(path);
                name.CopyTo(path.AsSpan(prefix.Length));
                Consider(path.AsSpan(0, prefix.Length + name.Length), null, tree);
            }

            foreach (var directory in node.Directories)
                waiting.Push(directory);
        }

        return [.. _best.Values.Select(static found => found.Path)];
    }

    private void Consider(ReadOnlySpan<char> path, string? text, DirectoryNode tree)
    {
        // The rank alone refuses most of the files, for which no text needs to be made.
        if (query.Rank(path) is not { } rank || !_best.Accepts((rank, "")))
            return;
        var found = (rank, text ?? path.ToString());
        if (_best.Accepts(found) && (text is not null || !FileWalk.IsLink(Path.Combine(tree.Path, found.Item2))))
            _best.Add(found);
    }
}

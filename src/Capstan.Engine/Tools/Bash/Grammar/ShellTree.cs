namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Walks through the tree of a script.</summary>
internal static class ShellTree
{
    /// <summary>Lists a node and all nodes below it, including those of scripts inside words.</summary>
    public static IEnumerable<ShellNode> Descend(ShellNode root)
    {
        var pending = new Stack<ShellNode>([root]);
        while (pending.TryPop(out var node))
        {
            yield return node;
            foreach (var inner in node.Inner.Concat(AllWords(node).SelectMany(static word => word.Scripts)))
                pending.Push(inner);
        }
    }

    /// <summary>Lists the words of a node and of its redirections.</summary>
    public static IEnumerable<ShellWord> AllWords(ShellNode node) =>
        node.Words.Concat(node.Redirections.Select(static redirection => redirection.Target));
}

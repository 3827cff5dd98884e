namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Going through a tree.</summary>
internal static class ShellTree
{
    /// <summary>The node and all below it, the scripts inside words included.</summary>
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

    /// <summary>The words of a node and of its redirections.</summary>
    public static IEnumerable<ShellWord> AllWords(ShellNode node) =>
        node.Words.Concat(node.Redirections.Select(static redirection => redirection.Target));
}

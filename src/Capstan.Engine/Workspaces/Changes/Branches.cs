namespace Capstan.Engine.Workspaces.Changes;

/// <summary>The branches that clients are told of: the one that is checked out, and the repository's default one.</summary>
internal static class Branches
{
    private const string Heads = "refs/heads/";
    private const string Remotes = "refs/remotes/";

    /// <summary>Returns the branch that is checked out; null where it is a commit that is.</summary>
    public static async Task<string?> FindCurrentAsync(CheckoutGit git)
    {
        var head = await git.RunAsync("symbolic-ref", "--quiet", "HEAD");
        var name = head.Text.TrimEnd('\n');
        return head.IsSuccess && name.StartsWith(Heads, StringComparison.Ordinal) ? name[Heads.Length..] : null;
    }

    /// <summary>
    /// Finds the default branch: what the remote (<c>origin</c>, else <c>upstream</c>, else the first) says, else the first that exists
    /// of <c>init.defaultBranch</c>, <c>main</c> and <c>master</c>.
    /// </summary>
    /// <returns>The branch's name, and the full name of the reference that it stands for; null where there is none.</returns>
    public static async Task<(string Name, string Reference)?> FindDefaultAsync(CheckoutGit git)
    {
        var configured = await git.RunAsync("config", "--get", "init.defaultBranch");
        string[] names = [.. configured.IsSuccess ? [configured.Text.TrimEnd('\n')] : (string[])[], "main", "master"];
        var listing = await git.RunAsync(
            ["for-each-ref", "--format=%(refname)%00%(symref)", $"{Remotes}*/HEAD", .. names.Select(static name => Heads + name)]);
        var references = listing.Require("for-each-ref").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('\0'))
            .ToDictionary(static line => line[0], static line => line[1], StringComparer.Ordinal);

        var remote = references.Keys.Where(static name => name.StartsWith(Remotes, StringComparison.Ordinal))
            .OrderBy(static name => name switch { Remotes + "origin/HEAD" => 0, Remotes + "upstream/HEAD" => 1, _ => 2 })
            .FirstOrDefault();
        if (remote is not null && references[remote] is var target && target.StartsWith(remote[..^"HEAD".Length], StringComparison.Ordinal))
            return (target[(remote.Length - "HEAD".Length)..], target);
        return names.FirstOrDefault(name => references.ContainsKey(Heads + name)) is { } local ? (local, Heads + local) : null;
    }
}

using System.Text.Json.Nodes;
using Capstan.Engine.Files;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools;

/// <summary>
/// A path as file tools use it: shown under the name that was given, but checked and opened under the name that it resolves to.
/// </summary>
/// <param name="Named">
/// The absolute path as the caller wrote it, without <c>.</c> and <c>..</c>; for messages and clients.
/// </param>
/// <param name="Resolved">The path with all links followed. The file is opened under no other name.</param>
/// <param name="Root">
/// The resolved directory that <paramref name="Resolved"/> belongs to:
/// the session's directory or the worktree; null outside of both.
/// </param>
internal sealed record ToolPath(string Named, string Resolved, string? Root)
{
    private const int Shown = 200;

    /// <summary>Whether the path belongs to the workspace.</summary>
    public bool IsInside => Root is not null;

    public static ToolPath From(string path, ToolContext context)
    {
        try
        {
            var absolute = PathContainment.Absolute(path, context.Directory);
            var resolved = PathContainment.Resolve(absolute);
            return new ToolPath(
                Path.TrimEndingDirectorySeparator(Path.GetFullPath(absolute)),
                resolved,
                PathContainment.RootOf(resolved, context.Directory, context.Worktree));
        }
        catch (IOException error)
        {
            throw new ToolException($"Cannot use the path {(path.Length > Shown ? path[..Shown] + "…" : path).Replace('\0', '?')}: {error.Message}", error);
        }
    }

    /// <summary>Returns the path relative to the worktree, for titles.</summary>
    public string Relative(ToolContext context)
    {
        var relative = FromTop(context);
        return relative == "." ? "" : relative;
    }

    /// <summary>
    /// The paths that permission rules are matched with: the one that was given and, where a link makes it differ, the one that
    /// is really opened, so that neither a rule about the link nor a rule about its target can be circumvented. Links above the
    /// worktree make no difference, because the worktree and the path are both resolved.
    /// </summary>
    public IReadOnlyList<string> Patterns(ToolContext context)
    {
        var named = FromTop(context);
        var resolved = Path.GetRelativePath(PathContainment.Resolve(context.Worktree), Resolved);
        return named == resolved ? [named] : [named, resolved];
    }

    /// <summary>Asks for the permission for a path outside the workspace; inside there is nothing to ask.</summary>
    /// <param name="context">The context of the tool call.</param>
    /// <param name="isDirectory">Whether the path itself is the directory to ask for, and not its parent.</param>
    /// <param name="cancellationToken">Ends this call without an answer.</param>
    public async Task AskExternalAsync(ToolContext context, bool isDirectory, CancellationToken cancellationToken)
    {
        if (IsInside)
        {
            return;
        }

        var parent = isDirectory ? Resolved : Path.GetDirectoryName(Resolved) ?? "/";
        var pattern = parent == "/" ? "/*" : parent + "/*";
        var metadata = new JsonObject { ["filepath"] = Resolved, ["parentDir"] = parent };
        await context.AskAsync(
            new PermissionAsk("external_directory", [pattern], [pattern], metadata), cancellationToken);
    }

    /// <summary>
    /// Checks the path again after a permission, which may have taken a
    /// person an hour: what is opened must still be what was granted.
    /// </summary>
    /// <exception cref="ToolException">The path leads elsewhere by now.</exception>
    public void Confirm()
    {
        if (PathContainment.Resolve(Resolved) != Resolved)
        {
            throw new ToolException($"The path {Named} was changed to lead elsewhere while its permission was asked for");
        }
    }

    // A workspace may be named by a link outside the worktree. The worktree is then above the link's target, not above the link.
    private string FromTop(ToolContext context) => IsInside && !PathContainment.IsWithin(Named, context.Worktree)
        ? Path.GetRelativePath(PathContainment.Resolve(context.Worktree), Resolved)
        : Path.GetRelativePath(context.Worktree, Named);
}

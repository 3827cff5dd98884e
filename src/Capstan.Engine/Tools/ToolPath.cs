using System.Text.Json.Nodes;
using Capstan.Engine.Files;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools;

/// <summary>A path as a file tool uses it: shown under the name it was given, judged and opened under the name it resolves to.</summary>
/// <param name="Named">The absolute path as the caller wrote it, without <c>.</c> and <c>..</c>; for texts and clients.</param>
/// <param name="Resolved">Where it leads with all links followed; the only name under which it is opened.</param>
/// <param name="Root">
/// The resolved directory of the workspace that <paramref name="Resolved"/> belongs to, the session's or the project's; null outside.
/// </param>
internal sealed record ToolPath(string Named, string Resolved, string? Root)
{
    private const int Shown = 200;

    /// <summary>Whether it belongs to the workspace.</summary>
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

    /// <summary>The path from the worktree's top, for titles.</summary>
    public string Relative(ToolContext context)
    {
        var relative = FromTop(context);
        return relative == "." ? "" : relative;
    }

    /// <summary>
    /// The names that permission rules are matched with: the one given, and that of the file really touched where a link makes them
    /// differ, so that neither a rule about the link nor one about its target can be got round. Links above the worktree do not
    /// count, since both ends are resolved alike.
    /// </summary>
    public IReadOnlyList<string> Patterns(ToolContext context)
    {
        var named = FromTop(context);
        var resolved = Path.GetRelativePath(PathContainment.Resolve(context.Worktree), Resolved);
        return named == resolved ? [named] : [named, resolved];
    }

    /// <summary>Asks for what lies outside the workspace; nothing to ask inside.</summary>
    /// <param name="context">The call.</param>
    /// <param name="isDirectory">Whether the path itself is the directory to be opened, and not its parent.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
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
    /// Looks again after a person may have thought about it for an hour: what was granted must still be what is opened.
    /// </summary>
    /// <exception cref="ToolException">The path leads elsewhere by now.</exception>
    public void Confirm()
    {
        if (PathContainment.Resolve(Resolved) != Resolved)
        {
            throw new ToolException($"The path {Named} was changed to lead elsewhere while its permission was asked for");
        }
    }

    // A workspace may be named by a link that stands elsewhere: its worktree is above where the link leads, not above its name.
    private string FromTop(ToolContext context) => IsInside && !PathContainment.IsWithin(Named, context.Worktree)
        ? Path.GetRelativePath(PathContainment.Resolve(context.Worktree), Resolved)
        : Path.GetRelativePath(context.Worktree, Named);
}

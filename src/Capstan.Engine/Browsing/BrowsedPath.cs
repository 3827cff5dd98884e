using Capstan.Engine.Files;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Browsing;

/// <summary>A path within a workspace's directory, as a client names it and as it really is (R11).</summary>
/// <param name="Relative">The path below the directory as the client named it, with slashes; empty for the directory itself.</param>
/// <param name="Absolute">The same path, absolute, without <c>.</c> and <c>..</c>.</param>
/// <param name="Resolved">The path with all links followed. It is opened under no other name.</param>
internal sealed record BrowsedPath(string Relative, string Absolute, string Resolved)
{
    private const int Shown = 200;

    /// <summary>Resolves a path, and refuses one that leads out of the directory.</summary>
    /// <param name="directory">The workspace's directory.</param>
    /// <param name="path">Relative to the directory, or absolute.</param>
    /// <exception cref="WorkspaceReadException">The path leads out of the directory, or is no path.</exception>
    public static BrowsedPath Of(string directory, string path)
    {
        try
        {
            var absolute = PathContainment.Absolute(path, directory);
            var root = PathContainment.Resolve(directory);
            // All links are followed before the path is judged, those before a ".." too.
            var resolved = PathContainment.Resolve(absolute);
            if (!PathContainment.IsWithin(resolved, root))
                throw Refused(path, "leads out of the workspace's directory");
            var named = Path.TrimEndingDirectorySeparator(Path.GetFullPath(absolute));
            // A path whose ".." stands behind a link, or that is below the real name of a directory that was named by a link, is
            // within the directory, but not by its name: then it is called by its real name.
            var (below, top) = PathContainment.IsWithin(named, directory) && PathContainment.Resolve(named) == resolved
                ? (named, directory)
                : (resolved, root);
            var relative = Path.GetRelativePath(top, below);
            relative = relative == "." ? "" : relative;
            return new BrowsedPath(relative, Path.Combine(directory, relative), resolved);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, $"cannot be used: {error.Message}");
        }
    }

    private static WorkspaceReadException Refused(string path, string why) => new(
        WorkspaceReadProblem.Refused, $"The path \"{(path.Length > Shown ? path[..Shown] + "…" : path).Replace('\0', '?')}\" {why}\n  at [\"path\"]");
}

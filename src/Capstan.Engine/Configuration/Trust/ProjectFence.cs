using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration.Trust;

/// <summary>The directory that the files of a restricted project may not reach out of, not even through links.</summary>
internal sealed class ProjectFence
{
    private readonly string _top;
    private readonly string _resolvedTop;

    /// <summary>Creates the fence of a project.</summary>
    /// <param name="top">The top directory of the checkout; without a repository, the workspace's own directory.</param>
    public ProjectFence(string top) => (_top, _resolvedTop) = (top, PathContainment.Resolve(top));

    /// <summary>Whether a path leads to something within the project.</summary>
    /// <param name="path">An absolute path.</param>
    public bool Contains(string path)
    {
        try
        {
            return PathContainment.IsWithin(PathContainment.Resolve(path), _resolvedTop);
        }
        catch (IOException)
        {
            // A path with links that lead in a circle leads nowhere.
            return false;
        }
    }

    /// <summary>Whether a path is written as one within the project, even if a link in it leads elsewhere.</summary>
    public bool Names(string path) =>
        PathContainment.IsWithin(Path.GetFullPath(path), _top) || PathContainment.IsWithin(Path.GetFullPath(path), _resolvedTop);
}

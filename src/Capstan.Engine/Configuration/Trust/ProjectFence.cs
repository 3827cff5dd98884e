using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration.Trust;

/// <summary>The directory that the files of a restricted project stay in, whatever links say.</summary>
internal sealed class ProjectFence
{
    private readonly string _top;
    private readonly string _resolvedTop;

    /// <summary>Creates the fence of a project.</summary>
    /// <param name="top">The project's top directory; where there is no repository, the workspace's own.</param>
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
            // Links in a circle lead nowhere.
            return false;
        }
    }

    /// <summary>Whether a path is written as one within the project, wherever it leads.</summary>
    public bool Names(string path) =>
        PathContainment.IsWithin(Path.GetFullPath(path), _top) || PathContainment.IsWithin(Path.GetFullPath(path), _resolvedTop);
}

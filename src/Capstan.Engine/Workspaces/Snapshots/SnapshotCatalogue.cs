using System.Collections.Concurrent;
using System.Globalization;
using Capstan.Engine.Configuration;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>The snapshot repositories in use, one for each worktree.</summary>
/// <remarks>
/// Snapshot repositories are in the data directory, whose store admits one server at
/// a time, so a lock within this process is enough to guard their indexes.
/// </remarks>
internal sealed class SnapshotCatalogue(ConfigPaths paths, TimeProvider time, ILogger logger, NoticeBoard notices)
{
    private readonly ConcurrentDictionary<(string ProjectID, string Worktree), SnapshotRepository> _repositories = new();
    private readonly string _instance =
        string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{time.GetUtcNow().UtcTicks:x}");

    /// <summary>
    /// Makes the snapshots of a turn. They do nothing where the workspace is in no repository, or has snapshots switched off.
    /// </summary>
    /// <param name="workspace">The workspace in which the turn runs.</param>
    /// <param name="patience">The longest time that the turn may be held up by its snapshots.</param>
    public TurnSnapshots ForTurn(Workspace? workspace, TimeSpan patience) =>
        workspace is { Project.IsGit: true, Config.Snapshot: true } && Find(workspace.Project, workspace.Directory) is { } repository
            ? new TurnSnapshots(repository, workspace.Directory, workspace.Worktree, patience, time, logger, notices)
            : TurnSnapshots.None(time, logger, notices);

    /// <summary>Finds the repository at a location, if it is in use; null otherwise.</summary>
    public SnapshotRepository? FindOpen(string location) => _repositories.Values.FirstOrDefault(one => one.Location == location);

    private SnapshotRepository? Find(ProjectIdentity project, string directory)
    {
        if (GitRepository.Locate(directory) is not { } source)
            return null;
        var key = (project.ID, project.Worktree);
        if (GitObstacles.Find(source) is { } obstacle)
        {
            notices.Say($"No snapshots of {source.Worktree} are taken: git would wait for ever at {obstacle}, which is not a regular file.");
            return null;
        }

        return _repositories.GetOrAdd(
            key, _ => new SnapshotRepository(new SnapshotDirectory(source, project.ID, paths.Data, _instance), time));
    }
}

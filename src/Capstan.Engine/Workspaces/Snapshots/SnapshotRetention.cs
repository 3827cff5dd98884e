using System.Globalization;
using Capstan.Engine.Retention;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// Deletes old objects of snapshots, unless the newest snapshot needs them, and the repositories of worktrees that nobody has
/// worked in for as long. Where the snapshots still take too much space, younger objects go, too, except those of the last hour.
/// </summary>
internal sealed class SnapshotRetention(SnapshotCatalogue catalogue, string data, RetentionOptions options, TimeProvider time, ILogger logger)
    : IRetention
{
    // A turn may still compare its files with the tree from its beginning, so objects this young are never deleted.
    private static readonly TimeSpan Least = TimeSpan.FromHours(1);
    private static readonly TimeSpan PruneLimit = TimeSpan.FromMinutes(5);

    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <inheritdoc/>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        var top = new DirectoryInfo(Path.Combine(data, "snapshot"));
        if (!top.Exists)
            return;
        var now = time.GetUtcNow();
        // Opening a snapshot repository and staging in it both change the time of its directory.
        var homes = top.EnumerateDirectories().SelectMany(static project => project.EnumerateDirectories())
            .OrderBy(static home => home.LastWriteTimeUtc).ToList();
        foreach (var home in homes.Where(home => home.LastWriteTimeUtc < now.UtcDateTime - options.SnapshotAge && catalogue.FindOpen(home.FullName) is null).ToList())
        {
            home.Delete(recursive: true);
            homes.Remove(home);
            Log.SnapshotsDeleted(logger, home.FullName);
        }

        for (var age = options.SnapshotAge; ; age = age / 2 > Least ? age / 2 : Least)
        {
            var left = 0L;
            foreach (var home in homes)
                left += await PruneAsync(home, now - age, cancellationToken);
            if (left <= options.SnapshotBytes || age <= Least)
                return;
        }
    }

    /// <summary>Deletes the old objects of one repository.</summary>
    /// <returns>How many bytes of objects remain.</returns>
    private async Task<long> PruneAsync(DirectoryInfo home, DateTimeOffset before, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(PruneLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var command = Command(home.FullName, before);
            var result = catalogue.FindOpen(home.FullName) is { } open
                ? await open.ExclusivelyAsync(stop => GitProcess.RunAsync(command(), stop), either.Token)
                : await GitProcess.RunAsync(command(), either.Token);
            result.Require("prune");
        }
        catch (Exception failure) when (failure is GitException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.SnapshotsNotPruned(logger, failure, home.FullName);
        }

        return new DirectoryInfo(Path.Combine(home.FullName, "objects")) is { Exists: true } objects
            ? objects.EnumerateFiles("*", All).Sum(static file => file.Length)
            : 0;
    }

    // The command is made only when it runs: which index is the newest is certain only while nobody else uses the repository.
    private static Func<GitCommand> Command(string home, DateTimeOffset before) => () => new GitCommand(
        home, "prune", "--expire=" + before.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " +0000")
    {
        Variables = new Dictionary<string, string>
        {
            ["GIT_DIR"] = home,
            // Git keeps the objects that the index names, however old they are.
            ["GIT_INDEX_FILE"] = SnapshotDirectory.NewestIndex(home) ?? Path.Combine(home, "index"),
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        },
    };
}

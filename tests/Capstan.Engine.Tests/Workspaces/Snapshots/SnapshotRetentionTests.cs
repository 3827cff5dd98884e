using Capstan.Engine.Configuration;
using Capstan.Engine.Retention;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Workspaces.Snapshots;
using Capstan.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces.Snapshots;

/// <summary>R9: objects of snapshots are kept for a while and up to a size; what the newest snapshot needs stays.</summary>
public sealed class SnapshotRetentionTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly SnapshotSandbox _sandbox = new();
    private readonly FakeTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_that_no_snapshot_of_the_last_days_needs_go_and_those_of_the_newest_stay()
    {
        var repository = _sandbox.Open();
        var (old, newest) = await TwoTreesAsync(repository);
        SetAge(8 * Day);

        await ApplyAsync(new RetentionOptions());

        Assert.Throws<InvalidOperationException>(() => _sandbox.Files(old));
        Assert.Equal([".gitignore", "hello.txt", "new.txt"], _sandbox.Files(newest));
        Assert.Equal(newest, await repository.TrackAsync(_sandbox.Worktree, Cancel));
        _sandbox.Write("new.txt", "first");
        Assert.Equal(old, await repository.TrackAsync(_sandbox.Worktree, Cancel));
        Assert.Equal([".gitignore", "hello.txt", "new.txt"], _sandbox.Files(old));
    }

    [Fact]
    public async Task Objects_that_are_young_stay()
    {
        var (old, newest) = await TwoTreesAsync(_sandbox.Open());
        SetAge(6 * Day);
        await ApplyAsync(new RetentionOptions());
        Assert.NotEmpty(_sandbox.Files(old));
        Assert.NotEmpty(_sandbox.Files(newest));
    }

    [Fact]
    public async Task Where_there_is_too_much_younger_ones_go_too_but_those_of_the_last_hour()
    {
        var (old, _) = await TwoTreesAsync(_sandbox.Open());
        SetAge(TimeSpan.FromMinutes(50));
        await ApplyAsync(new RetentionOptions { SnapshotBytes = 0 });
        Assert.NotEmpty(_sandbox.Files(old));

        SetAge(TimeSpan.FromMinutes(70));
        await ApplyAsync(new RetentionOptions { SnapshotBytes = 0 });
        Assert.Throws<InvalidOperationException>(() => _sandbox.Files(old));
    }

    [Fact]
    public async Task The_snapshots_of_a_worktree_where_nothing_was_done_for_long_are_deleted()
    {
        await TwoTreesAsync(_sandbox.Open());
        var home = _sandbox.SnapshotPath;
        SetAge(6 * Day);
        Directory.SetLastWriteTimeUtc(home, (_time.GetUtcNow() - (6 * Day)).UtcDateTime);
        await ApplyAsync(new RetentionOptions());
        Assert.True(Directory.Exists(home));

        Directory.SetLastWriteTimeUtc(home, (_time.GetUtcNow() - (8 * Day)).UtcDateTime);
        await ApplyAsync(new RetentionOptions());
        Assert.False(Directory.Exists(home));
    }

    public void Dispose() => _sandbox.Dispose();

    private async Task<(string Old, string Newest)> TwoTreesAsync(SnapshotRepository repository)
    {
        _sandbox.Write("new.txt", "first");
        var old = await repository.TrackAsync(_sandbox.Worktree, Cancel);
        _sandbox.Write("new.txt", "second, and longer");
        return (old, await repository.TrackAsync(_sandbox.Worktree, Cancel));
    }

    private void SetAge(TimeSpan age)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_sandbox.SnapshotPath, "objects"), "*", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(file, (_time.GetUtcNow() - age).UtcDateTime);
    }

    private Task ApplyAsync(RetentionOptions options)
    {
        var paths = ConfigPaths.From(new ProcessEnvironment(new Dictionary<string, string> { ["HOME"] = _sandbox.Data })) with { Data = _sandbox.Data };
        var catalogue = new SnapshotCatalogue(paths, _time, NullLogger.Instance, new NoticeBoard(NullLogger.Instance));
        return new SnapshotRetention(catalogue, _sandbox.Data, options, _time, NullLogger.Instance).ApplyAsync(Cancel);
    }
}

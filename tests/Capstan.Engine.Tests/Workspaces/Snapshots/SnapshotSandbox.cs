using System.Diagnostics;
using System.Security.Cryptography;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;

namespace Capstan.Engine.Tests.Workspaces.Snapshots;

/// <summary>A repository with one commit and a data directory beside it.</summary>
internal sealed class SnapshotSandbox : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("capstan-snapshot-");
    private int _instances;

    public SnapshotSandbox()
    {
        Directory.CreateDirectory(Worktree);
        Git("init", "-q", "-b", "main");
        Write("hello.txt", "line one\nline two\nline three\n");
        Write(".gitignore", "ignored.txt\nbuild/\n");
        Git("add", "-A");
        Git("-c", "user.email=a@b", "-c", "user.name=n", "commit", "-q", "-m", "first");
    }

    public string Worktree => Path.Combine(_root.FullName, "repo");

    public string Data => Path.Combine(_root.FullName, "data");

    public string SnapshotPath => Directory.GetDirectories(Path.Combine(Data, "snapshot", "project")).Single();

    /// <summary>A repository as another server process would open it.</summary>
    public SnapshotRepository Open(TimeProvider? time = null) => new(
        new SnapshotDirectory(GitRepository.Locate(Worktree)!, "project", Data, $"test-{++_instances}"), time ?? TimeProvider.System);

    public string PathOf(string relative) => Path.Combine(Worktree, relative);

    public void Write(string relative, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(relative))!);
        File.WriteAllText(PathOf(relative), text);
    }

    public string Git(params string[] arguments) => Git(new Dictionary<string, string>(), arguments);

    /// <summary>What git itself would call the tree of all that is not ignored.</summary>
    public string ExpectedTree()
    {
        // The index and the objects go to a place of their own: the repository is not to be touched by the test either.
        var scratch = Directory.CreateDirectory(Path.Combine(_root.FullName, $"scratch-{++_instances}")).FullName;
        Directory.CreateDirectory(Path.Combine(scratch, "objects"));
        var own = new Dictionary<string, string>
        {
            ["GIT_INDEX_FILE"] = Path.Combine(scratch, "index"),
            ["GIT_OBJECT_DIRECTORY"] = Path.Combine(scratch, "objects"),
            ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = PathOf(".git/objects"),
        };
        Git(own, "add", "-A", ".");
        return Git(own, "write-tree").Trim();
    }

    /// <summary>The paths and contents of all that is in the user's git directory.</summary>
    public string UserGitState() => string.Join('\n', Directory
        .GetFiles(PathOf(".git"), "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    /// <summary>The paths in a tree.</summary>
    public string[] Files(string tree) =>
        Git(new Dictionary<string, string> { ["GIT_DIR"] = SnapshotPath }, "ls-tree", "-r", "--name-only", tree)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => _root.Delete(recursive: true);

    private string Git(Dictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Worktree,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors}");
    }
}

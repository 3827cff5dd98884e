using System.Security.Cryptography;
using System.Text;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// The git directory of a worktree's snapshots: <c>&lt;data&gt;/snapshot/&lt;project&gt;/&lt;SHA-1 of the worktree&gt;</c>.
/// </summary>
internal sealed class SnapshotDirectory
{
    // Bytes are kept as they are, without conversion of line endings, filters or
    // encodings, so that a tree can give back exactly what was there.
    private const string Attributes = "* -text -filter -ident -working-tree-encoding\n";

    private const string IndexFiles = "index-*";

    private readonly GitRepository _source;
    private readonly string _path;
    private readonly string _own;
    private readonly string _index;
    private string? _userExcludes;

    /// <param name="source">The user's repository.</param>
    /// <param name="projectID">The identifier of the repository's project.</param>
    /// <param name="data">Capstan's data directory.</param>
    /// <param name="instance">A name that no other server process has or ever had.</param>
    public SnapshotDirectory(GitRepository source, string projectID, string data, string instance)
    {
        _source = source;
#pragma warning disable CA5350 // A name, not a protection.
        var name = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(source.Worktree)));
#pragma warning restore CA5350
        _path = Path.Combine(data, "snapshot", Uri.EscapeDataString(projectID), name);
        _own = Path.GetRelativePath(PathContainment.Resolve(source.Worktree), PathContainment.Resolve(data)).Replace('\\', '/') + "/";
        _index = Path.Combine(_path, $"index-{instance}");
    }

    /// <summary>The path of the snapshots' git directory.</summary>
    public string Location => _path;

    /// <summary>The top of the user's checkout.</summary>
    public string Worktree => _source.Worktree;

    /// <summary>Whether a path, relative to the worktree, lies in Capstan's own data.</summary>
    public bool IsOwn(string path) => path.StartsWith(_own, StringComparison.Ordinal);

    /// <summary>The directory of Capstan's own data, which may be within the worktree.</summary>
    public string OwnData => Path.Combine(Worktree, _own[..^1]);

    /// <summary>
    /// Makes a git command that works on the snapshots' directory, with the settings given here and none of the user's.
    /// </summary>
    public GitCommand Command(string directory, IReadOnlyList<string> arguments)
    {
        List<string> all =
        [
            "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false", "-c", "core.autocrlf=false",
            "-c", "gc.auto=0", "-c", "maintenance.auto=false",
        ];
        if (_userExcludes is not null)
            all.AddRange("-c", $"core.excludesFile={_userExcludes}");
        all.AddRange(arguments);
        return new GitCommand(directory, all)
        {
            Variables = new Dictionary<string, string>
            {
                ["GIT_DIR"] = _path,
                ["GIT_WORK_TREE"] = Worktree,
                ["GIT_INDEX_FILE"] = _index,
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
                ["GIT_ATTR_NOSYSTEM"] = "1",
                ["GIT_LITERAL_PATHSPECS"] = "1",
            },
        };
    }

    /// <summary>Options of <c>git ls-files</c> that leave out what the user's rules ignore.</summary>
    public IEnumerable<string> Ignores()
    {
        yield return "--exclude-standard";
        var excludes = Path.Combine(_source.CommonDirectory, "info", "exclude");
        if (File.Exists(excludes))
            yield return $"--exclude-from={excludes}";
    }

    /// <summary>Files outside a directory whose rules say what git leaves out of the directory.</summary>
    public IEnumerable<string> RuleFiles(string directory)
    {
        yield return Path.Combine(_source.CommonDirectory, "info", "exclude");
        if (_userExcludes is not null)
            yield return _userExcludes;
        // Without core.excludesFile, git reads its global rules from these places.
        if (Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config)
            yield return Path.Combine(config, "git", "ignore");
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
            yield return Path.Combine(home, ".config", "git", "ignore");
        for (var above = Path.GetDirectoryName(directory); above is not null && above.Length >= Worktree.Length; above = Path.GetDirectoryName(above))
            yield return Path.Combine(above, ".gitignore");
    }

    /// <summary>Makes the snapshots' directory usable, in whatever state an earlier process left it.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var settings = await ReadUserSettingsAsync(cancellationToken);
        _userExcludes = settings.GetValueOrDefault("core.excludesfile");
        Create();
        if (!TakeOverIndex() && IndexSeed.TryCopy(_source, settings, _index))
            await RemoveIgnoredAsync(cancellationToken);
    }

    /// <summary>Starts again with an empty index.</summary>
    public void Reset()
    {
        Create();
        RemoveIndexLock();
        File.Delete(_index);
    }

    /// <summary>Finds the index that was written last, by whichever server; null where there is none.</summary>
    public static string? NewestIndex(string location) => Directory.GetFiles(location, IndexFiles)
        .Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)).MaxBy(File.GetLastWriteTimeUtc);

    /// <summary>Removes the index lock that a dead git process left.</summary>
    public void RemoveIndexLock() => File.Delete(_index + ".lock");

    private async Task<Dictionary<string, string>> ReadUserSettingsAsync(CancellationToken cancellationToken)
    {
        var result = await GitProcess.RunAsync(
            new GitCommand(Worktree, "config", "-z", "--type=path", "--get-regexp", "^core\\.(excludesfile|attributesfile|autocrlf)$"),
            cancellationToken);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in result.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = entry.IndexOf('\n', StringComparison.Ordinal);
            if (end > 0)
                settings[entry[..end]] = entry[(end + 1)..];
        }

        return settings;
    }

    private void Create()
    {
        foreach (var directory in (string[])["objects/info", "objects/pack", "refs", "info"])
            Directory.CreateDirectory(Path.Combine(_path, directory));
        var format = _source.ReadObjectFormat();
        Write("config", format is null
            ? "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
            : $"[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectFormat = {format}\n");
        Write("info/attributes", Attributes);
        Write("objects/info/alternates", Path.Combine(_source.CommonDirectory, "objects") + "\n");
        // HEAD is written last: as soon as it exists, git takes the directory for a repository.
        Write("HEAD", "ref: refs/heads/main\n");
    }

    /// <summary>
    /// Takes over the index of the server before this one, and renames it: a git process that outlived its server can still write
    /// to the old name, but not into this server's index.
    /// </summary>
    private bool TakeOverIndex()
    {
        RemoveIndexLock();
        var others = Directory.GetFiles(_path, IndexFiles).Where(file => file != _index).ToList();
        if (!File.Exists(_index) && NewestIndex(_path) is { } newest)
            File.Move(newest, _index);
        foreach (var file in others)
            File.Delete(file);
        return File.Exists(_index);
    }

    private async Task RemoveIgnoredAsync(CancellationToken cancellationToken)
    {
        var ignored = await GitProcess.RunAsync(
            Command(Worktree, ["ls-files", "-z", "--cached", "--ignored", .. Ignores()]), cancellationToken);
        var removed = ignored is { IsSuccess: true, Output.IsEmpty: false }
            ? await GitProcess.RunAsync(
                Command(Worktree, ["update-index", "-z", "--force-remove", "--stdin"]) with { Input = ignored.Output }, cancellationToken)
            : ignored;
        // A copied index that git cannot use is dropped: the copy only saves time.
        if (!removed.IsSuccess)
            File.Delete(_index);
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_path, name);
        if (File.Exists(path) && File.ReadAllText(path) == content)
            return;
        var temporary = path + ".new";
        File.WriteAllText(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}

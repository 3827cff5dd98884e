namespace Capstan.Engine.Configuration;

/// <summary>
/// Reads configuration from the places that OpenCode reads it from. Later places override earlier ones:
/// <list type="number">
/// <item>global <c>config.json</c>, <c>opencode.json</c>, <c>opencode.jsonc</c>;</item>
/// <item>the file that <c>OPENCODE_CONFIG</c> names;</item>
/// <item>project files from the worktree down to the directory;</item>
/// <item><c>.opencode</c> directories, from the directory up to the worktree, then the home directory's, then
/// <c>OPENCODE_CONFIG_DIR</c>, each with its Markdown agents;</item>
/// <item><c>OPENCODE_CONFIG_CONTENT</c>;</item>
/// <item>the machine's managed files;</item>
/// <item><c>OPENCODE_PERMISSION</c>, and the older keys folded into the newer.</item>
/// </list>
/// No file is ever written.
/// </summary>
public sealed class ConfigLoader
{
    private static readonly string[] FileNames = ["opencode.json", "opencode.jsonc"];
    private readonly ProcessEnvironment _environment;

    /// <summary>Creates a loader.</summary>
    public ConfigLoader(ConfigPaths paths, ProcessEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(environment);
        (Paths, _environment) = (paths, environment);
    }

    /// <summary>The directories that the loader reads from.</summary>
    public ConfigPaths Paths { get; }

    /// <summary>Reads the configuration of a directory. The files are few and small, so this takes a few milliseconds.</summary>
    /// <param name="directory">The directory, absolute.</param>
    /// <param name="worktree">The top directory of the checkout, or <c>/</c> without a repository.</param>
    /// <exception cref="ConfigException">A file cannot be used. The next call reads it again.</exception>
    public WorkspaceConfig Load(string directory, string worktree)
    {
        var usesProject = !_environment.Flag("OPENCODE_DISABLE_PROJECT_CONFIG");
        var levels = usesProject ? Levels(directory, worktree) : [];
        var top = worktree == Path.GetPathRoot(directory) ? directory : worktree;
        return new ConfigLayers(Paths, _environment, directory).Merge([.. Sources(directory, levels)], top);
    }

    /// <summary>Lists the directory and those above it up to the worktree, nearest first.</summary>
    internal static IReadOnlyList<string> Levels(string directory, string worktree)
    {
        var levels = new List<string>();
        for (var at = directory; at is not null; at = Path.GetDirectoryName(at))
        {
            levels.Add(at);
            if (at == worktree)
                break;
        }

        return levels;
    }

    private IEnumerable<ConfigSource> Sources(string directory, IReadOnlyList<string> levels)
    {
        var sources = new List<ConfigSource>(GlobalFiles());
        if (_environment["OPENCODE_CONFIG"] is { } named)
        {
            var path = Paths.ExpandHome(named);
            // A relative path is looked up in the workspace, so the file counts as one of the project's.
            sources.Add(File(Path.IsPathRooted(path) ? ConfigOrigin.Outside : ConfigOrigin.Project, Path.GetFullPath(Path.Combine(directory, path))));
        }

        foreach (var level in Enumerable.Reverse(levels))
            sources.AddRange(Files(ConfigOrigin.Project, level));
        sources.Add(Agents(ConfigOrigin.Outside, Paths.Config));
        foreach (var (origin, folder) in ConfigDirectories(levels))
        {
            sources.AddRange(Files(origin, folder));
            sources.Add(Agents(origin, folder));
        }

        return [.. sources, .. LastFiles()];
    }

    private IEnumerable<ConfigSource> GlobalFiles() =>
        [File(ConfigOrigin.Outside, Path.Combine(Paths.Config, "config.json")), .. Files(ConfigOrigin.Outside, Paths.Config)];

    private IEnumerable<ConfigSource> LastFiles() =>
        [new(ConfigOrigin.Outside, ConfigSourceKind.Variable, "OPENCODE_CONFIG_CONTENT"), .. Files(ConfigOrigin.Outside, Paths.Managed)];

    private IEnumerable<(ConfigOrigin Origin, string Folder)> ConfigDirectories(IReadOnlyList<string> levels)
    {
        // The levels of a workspace below the home directory may include the user's own folder, which is not a project's.
        var own = Path.Combine(Paths.Home, ".opencode");
        var folders = levels.Select(level => Path.Combine(level, ".opencode")).Append(own)
            .Select(folder => (folder == own ? ConfigOrigin.Outside : ConfigOrigin.Project, folder));
        if (_environment["OPENCODE_CONFIG_DIR"] is { } extra)
            folders = folders.Append((ConfigOrigin.Outside, Path.GetFullPath(Paths.ExpandHome(extra))));
        return folders.DistinctBy(static folder => folder.Item2, StringComparer.Ordinal);
    }

    private static IEnumerable<ConfigSource> Files(ConfigOrigin origin, string folder) =>
        FileNames.Select(name => File(origin, Path.Combine(folder, name)));

    private static ConfigSource File(ConfigOrigin origin, string path) => new(origin, ConfigSourceKind.File, path);

    private static ConfigSource Agents(ConfigOrigin origin, string folder) => new(origin, ConfigSourceKind.Agents, folder);
}

using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Reads configuration from the places that OpenCode reads it from. Later wins:
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
    private const int MaxBytes = 4 << 20;
    private static readonly string[] FileNames = ["opencode.json", "opencode.jsonc"];
    private readonly ProcessEnvironment environment;

    /// <summary>Creates a loader.</summary>
    public ConfigLoader(ConfigPaths paths, ProcessEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(environment);
        (Paths, this.environment) = (paths, environment);
    }

    /// <summary>Where the loader looks.</summary>
    public ConfigPaths Paths { get; }

    /// <summary>Reads the configuration of a directory: a handful of small files, a few milliseconds.</summary>
    /// <param name="directory">The directory, absolute.</param>
    /// <param name="worktree">The project's top directory, or <c>/</c>.</param>
    /// <exception cref="ConfigException">A file cannot be used; nothing of it is remembered.</exception>
    public WorkspaceConfig Load(string directory, string worktree)
    {
        var layers = new Layers(this);
        layers.AddGlobal();
        if (environment["OPENCODE_CONFIG"] is { } named)
            layers.AddFile(Path.GetFullPath(Path.Combine(directory, Paths.ExpandHome(named))));
        var usesProject = !environment.Flag("OPENCODE_DISABLE_PROJECT_CONFIG");
        var levels = usesProject ? Levels(directory, worktree) : [];
        foreach (var level in Enumerable.Reverse(levels))
            layers.AddFiles(level);
        layers.AddAgents(Paths.Config);
        foreach (var folder in ConfigDirectories(levels))
        {
            layers.AddFiles(folder);
            layers.AddAgents(folder);
            layers.LookAt(folder);
        }

        return layers.Finish(directory);
    }

    /// <summary>Reads the global configuration alone (<c>GET /global/config</c>, the server's own settings).</summary>
    /// <exception cref="ConfigException">A file cannot be used.</exception>
    public WorkspaceConfig LoadGlobal()
    {
        var layers = new Layers(this);
        layers.AddGlobal();
        layers.AddAgents(Paths.Config);
        return layers.Finish(Paths.Config);
    }

    /// <summary>The directory and those above it up to the worktree, nearest first.</summary>
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

    private IEnumerable<string> ConfigDirectories(IReadOnlyList<string> levels)
    {
        var folders = levels.Select(level => Path.Combine(level, ".opencode")).Append(Path.Combine(Paths.Home, ".opencode"));
        if (environment["OPENCODE_CONFIG_DIR"] is { } extra)
            folders = folders.Append(Path.GetFullPath(Paths.ExpandHome(extra)));
        return folders.Distinct(StringComparer.Ordinal);
    }

    /// <summary>The layers read so far, merged.</summary>
    private sealed class Layers(ConfigLoader loader)
    {
        private readonly JsonObject merged = [];
        private readonly ConfigStamps stamps = new();
        private readonly ConfigNotices notices = new();

        public void AddGlobal()
        {
            AddFile(Path.Combine(loader.Paths.Config, "config.json"));
            AddFiles(loader.Paths.Config);
        }

        public void LookAt(string folder) => notices.LookAt(folder);

        public void AddFiles(string folder)
        {
            foreach (var name in FileNames)
                AddFile(Path.Combine(folder, name));
        }

        public void AddFile(string file)
        {
            stamps.Add(file);
            string text;
            try
            {
                if (!File.Exists(file))
                    return;
                text = RegularFile.ReadText(file, MaxBytes);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw ConfigException.Invalid(file, $"cannot be read: {failure.Message}");
            }

            AddText(text, file, Path.GetDirectoryName(file)!);
        }

        public void AddAgents(string folder)
        {
            var agents = MarkdownAgents.Read(folder, stamps);
            if (agents.Count > 0)
                ConfigMerge.Into(merged, new JsonObject { ["agent"] = agents });
        }

        public WorkspaceConfig Finish(string directory)
        {
            if (loader.environment["OPENCODE_CONFIG_CONTENT"] is { } content)
                AddText(content, "OPENCODE_CONFIG_CONTENT", directory);
            AddFiles(loader.Paths.Managed);
            ConfigFolding.Apply(merged, loader.environment);
            notices.LookAt(loader.environment);
            return new WorkspaceConfig(merged, stamps) { Notices = notices.All };
        }

        private void AddText(string text, string file, string directory)
        {
            var substitution = new ConfigSubstitution(loader.Paths, loader.environment, stamps);
            var written = substitution.Apply(text, file, directory);
            var layer = Jsonc.Parse(written, file);
            var issues = ConfigShape.Check(layer);
            if (layer.Map("capstan") is { } own)
                issues = [.. issues, .. SettingsShape.Check(own)];
            if (issues.Count > 0)
                throw ConfigException.Invalid(file, issues, written);
            notices.Look(text, file, layer);
            // Each layer is brought into one form before it is merged, so that an action and a map of actions merge.
            if (layer.ContainsKey("permission"))
                layer["permission"] = AgentSettings.ToMap(layer["permission"]);
            foreach (var key in new[] { "agent", "mode" })
            {
                foreach (var (_, agent) in layer.Map(key) ?? [])
                    AgentSettings.Normalise((JsonObject)agent!);
            }

            ConfigMerge.Layer(merged, layer);
        }
    }
}

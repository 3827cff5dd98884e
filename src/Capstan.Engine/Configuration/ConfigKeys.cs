namespace Capstan.Engine.Configuration;

/// <summary>
/// The keys at the top of a configuration file: all of OpenCode's and Capstan's, and which of them have no effect here.
/// </summary>
internal static class ConfigKeys
{
    private static readonly Dictionary<string, string> Idle = new(StringComparer.Ordinal)
    {
        ["mcp"] = "MCP servers are not started, so their tools are not offered",
        ["plugin"] = "plugins are JavaScript, which is not run here",
        ["command"] = "commands are not offered; send what they say as a prompt",
        ["skills"] = "skills are not loaded; name their files in \"instructions\" instead",
        ["compaction"] = "nothing is compacted; begin a new session before one outgrows its model's context",
        ["share"] = "sessions are never shared",
        ["autoshare"] = "sessions are never shared",
        ["enterprise"] = "sessions are never shared",
        ["formatter"] = "files are not formatted after an edit; let the model run the formatter",
        ["lsp"] = "language servers are not started; let the model run the compiler or the linter",
        ["server"] = "the server is set by the options of \"capstan serve\" and by \"capstan.server\"",
        ["watcher"] = "files are not watched",
        ["reference"] = "references are not loaded; name files in \"instructions\" instead",
        ["references"] = "references are not loaded; name files in \"instructions\" instead",
        ["attachment"] = "attachments are sent as they are",
        ["subagent_depth"] = "there is no tool that starts subagents",
        ["experimental"] = "none of OpenCode's experiments is here",
    };

    // Keys that have an effect, and keys that nobody expects a server to
    // act on, such as those for editors and for the terminal UI.
    private static readonly string[] Others =
    [
        "$schema", "agent", "autoupdate", "capstan", "default_agent", "disabled_providers", "enabled_providers", "instructions", "keybinds",
        "layout", "logLevel", "mode", "model", "permission", "provider", "shell", "small_model", "snapshot", "theme", "tool_output", "tools",
        "tui", "username",
    ];

    // Folders beside a configuration file whose files OpenCode loads, with the key that has the same purpose.
    private static readonly Dictionary<string, string> Folders = new(StringComparer.Ordinal)
    {
        ["command"] = "command",
        ["commands"] = "command",
        ["skill"] = "skills",
        ["skills"] = "skills",
        ["plugin"] = "plugin",
        ["plugins"] = "plugin",
    };

    /// <summary>All known keys.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>([.. Idle.Keys, .. Others], StringComparer.Ordinal);

    /// <summary>The keys without effect, each with the reason and, where there is one, an alternative.</summary>
    public static IReadOnlyDictionary<string, string> WithoutEffect => Idle;

    /// <summary>Finds the folders of a configuration directory whose definitions have no effect, each with the reason.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> FoldersWithoutEffect(string directory)
    {
        var found = new List<KeyValuePair<string, string>>();
        // Every load looks here, and most workspaces have no such directory.
        if (!Directory.Exists(directory))
            return found;
        foreach (var (name, key) in Folders)
        {
            var path = Path.Combine(directory, name);
            if (Directory.Exists(path))
                found.Add(KeyValuePair.Create(path, Idle[key]));
        }

        return found;
    }
}

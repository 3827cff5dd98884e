using Capstan.Contract;

namespace Capstan.Engine.Configuration;

/// <summary>
/// The directories and files that Capstan uses. Configuration is read where OpenCode reads it; data, state and cache are
/// Capstan's own, because two programs must not write into one database.
/// </summary>
public sealed record ConfigPaths
{
    /// <summary>The user's home directory.</summary>
    public required string Home { get; init; }

    /// <summary>The directory of the global configuration: <c>$XDG_CONFIG_HOME/opencode</c>.</summary>
    public required string Config { get; init; }

    /// <summary>The data directory: <c>$XDG_DATA_HOME/capstan</c>.</summary>
    public required string Data { get; init; }

    /// <summary>The state directory: <c>$XDG_STATE_HOME/capstan</c>.</summary>
    public required string State { get; init; }

    /// <summary>The directory of files that can be fetched again: <c>$XDG_CACHE_HOME/capstan</c>.</summary>
    public required string Cache { get; init; }

    /// <summary>
    /// The directory of temporary files, which tools may use without a permission request: <c>capstan</c> in <c>$TMPDIR</c> or in
    /// the system's own directory for temporary files.
    /// </summary>
    public required string Temporary { get; init; }

    /// <summary>
    /// The directory of files by which an administrator configures the whole machine; they override all other files.
    /// </summary>
    public string Managed { get; init; } = "/etc/opencode";

    /// <summary>The directory of full tool outputs that were too long to return.</summary>
    public string ToolOutput => Path.Combine(Data, "tool-output");

    /// <summary>The directory of the server's log: <c>capstan.log</c> and older log files.</summary>
    public string Log => Path.Combine(Data, "log");

    /// <summary>The directory of plan files of workspaces that are in no repository.</summary>
    public string Plans => Path.Combine(Data, "plans");

    /// <summary>The file with credentials.</summary>
    public string AuthFile => Path.Combine(Data, "auth.json");

    /// <summary>Reads the directories from the environment (XDG base directories, <c>HOME</c>, <c>TMPDIR</c>).</summary>
    public static ConfigPaths From(ProcessEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var home = environment["HOME"] ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string Under(string variable, string standard, string name) =>
            Path.Combine(environment[variable] ?? Path.Combine(home, standard), name);
        return new ConfigPaths
        {
            Home = home,
            Config = Under("XDG_CONFIG_HOME", ".config", "opencode"),
            Data = Under("XDG_DATA_HOME", Path.Combine(".local", "share"), "capstan"),
            State = Under("XDG_STATE_HOME", Path.Combine(".local", "state"), "capstan"),
            Cache = Under("XDG_CACHE_HOME", ".cache", "capstan"),
            Temporary = Path.Combine(environment["TMPDIR"] ?? Path.GetTempPath(), "capstan"),
        };
    }

    /// <summary>Makes the response to <c>GET /path</c>.</summary>
    public PathInfo Describe(string worktree, string directory) => new(Home, State, Config, worktree, directory);

    /// <summary>Replaces a leading <c>~</c> by the home directory.</summary>
    internal string ExpandHome(string path) =>
        path == "~" ? Home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Home, path[2..]) : path;
}

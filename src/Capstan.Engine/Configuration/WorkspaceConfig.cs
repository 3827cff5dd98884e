using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration.Trust;

namespace Capstan.Engine.Configuration;

/// <summary>The configuration of one directory, with all layers merged. Many threads read it, and it never changes.</summary>
public sealed class WorkspaceConfig
{
    private readonly ConfigStamps _stamps;
    private readonly Lazy<JsonObject> _shared;

    /// <param name="merged">The configuration in force, with all layers.</param>
    /// <param name="outside">The configuration that would be in force without the project's own files.</param>
    /// <param name="shared">
    /// Makes the configuration that clients are shown, on first use: a starting server does not need it yet.
    /// </param>
    /// <param name="stamps">The files that the configuration was read from.</param>
    internal WorkspaceConfig(JsonObject merged, JsonObject outside, Func<JsonObject> shared, ConfigStamps stamps) =>
        (Merged, Outside, _shared, _stamps) = (merged, outside, new Lazy<JsonObject>(shared), stamps);

    /// <summary>The configuration in force, secrets included. It must not be changed and never be shown.</summary>
    public JsonObject Merged { get; }

    /// <summary>
    /// The configuration that would be in force without the project's own files. It must not be changed and never be shown.
    /// </summary>
    public JsonObject Outside { get; }

    /// <summary>
    /// The response to <c>GET /config</c>: without credentials, without Capstan's own section, and with references instead of the
    /// values behind them. It must not be changed.
    /// </summary>
    public JsonObject Shared => _shared.Value;

    /// <summary>What people should know of the files although it is no error: keys without effect, unknown keys.</summary>
    public IReadOnlyList<string> Notices { get; internal init; } = [];

    /// <summary>Which powers the project's files used, and which of their settings were not applied.</summary>
    internal ProjectReport Report { get; init; } = new();

    /// <summary>How far the project's files are trusted.</summary>
    internal ProjectTrust Trust { get; init; } = ProjectTrust.Full;

    /// <summary>The directory that the project's files may not reach out of; null where projects are trusted.</summary>
    internal ProjectFence? Fence { get; init; }

    /// <summary>All strings in the project's own files. A project that contains a string itself cannot steal it.</summary>
    internal IReadOnlySet<string> WrittenByProject { get; init; } = new HashSet<string>();

    /// <summary>The values that references stood for, where a secret may stand.</summary>
    internal IReadOnlyList<string> ReferencedSecrets { get; init; } = [];

    /// <summary>The environment variables that references stood for, where a secret may stand.</summary>
    internal IReadOnlyCollection<string> ReferencedVariables { get; init; } = [];

    /// <summary>The model for turns that name none.</summary>
    public ModelRef? Model => ModelRef.Parse(Merged.Text("model"));

    /// <summary>The model for titles and other small work.</summary>
    public ModelRef? SmallModel => ModelRef.Parse(Merged.Text("small_model"));

    /// <summary>The agent for prompts that name none.</summary>
    public string? DefaultAgent => Merged.Text("default_agent");

    /// <summary>The shell that commands run in.</summary>
    public string? Shell => Merged.Text("shell");

    /// <summary>
    /// The lowest level that is logged, of the server's own directory:
    /// OpenCode's <c>DEBUG</c>, <c>INFO</c>, <c>WARN</c> or <c>ERROR</c>.
    /// </summary>
    public string? LogLevel => Merged.Text("logLevel");

    /// <summary>The user's name for display; <c>user</c> by default.</summary>
    public string Username => Merged.Text("username") ?? "user";

    /// <summary>Further instruction files: paths, globs and web addresses.</summary>
    public IReadOnlyList<string> Instructions => Merged.Texts("instructions") ?? [];

    /// <summary>The user's permissions: name to action, or to a map of pattern to action, in the order of precedence.</summary>
    public JsonObject Permission => Merged.Map("permission") ?? [];

    /// <summary>Agents by name, all in one form (see the wire's <c>AgentConfig</c>).</summary>
    public JsonObject Agents => Merged.Map("agent") ?? [];

    /// <summary>Providers by identifier (see the wire's <c>ProviderConfig</c>).</summary>
    public JsonObject Providers => Merged.Map("provider") ?? [];

    /// <summary>Commands by name, as far as JSON files define them.</summary>
    public JsonObject Commands => Merged.Map("command") ?? [];

    /// <summary>MCP servers by name.</summary>
    public JsonObject Mcp => Merged.Map("mcp") ?? [];

    /// <summary>The identifiers of providers that must not be used.</summary>
    public IReadOnlyList<string> DisabledProviders => Merged.Texts("disabled_providers") ?? [];

    /// <summary>The identifiers of the only providers that may be used; null for no such limit.</summary>
    public IReadOnlyList<string>? EnabledProviders => Merged.Texts("enabled_providers");

    /// <summary>Limits on what a tool call may return.</summary>
    public ToolLimits ToolOutput
    {
        get
        {
            var (standard, limits) = (new ToolLimits(), Merged.Map("tool_output"));
            return new ToolLimits(
                (int)(limits.Number("max_lines") ?? standard.MaxLines),
                (int)(limits.Number("max_bytes") ?? standard.MaxBytes));
        }
    }

    /// <summary>How deeply subagents may start subagents; 1 by default.</summary>
    public int SubagentDepth => (int)(Merged.Number("subagent_depth") ?? 1);

    /// <summary>Whether snapshots are taken; true by default.</summary>
    public bool Snapshot => Merged.Flag("snapshot") ?? true;

    /// <summary>Capstan's own settings, the value of the key <c>capstan</c>.</summary>
    public JsonObject Capstan => Merged.Map("capstan") ?? [];

    /// <summary>
    /// Whether a file that this configuration was read from has changed or
    /// gone, or a file that would have been read has appeared.
    /// </summary>
    public bool IsStale() => _stamps.HaveChanged();
}

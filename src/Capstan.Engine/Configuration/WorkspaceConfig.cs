using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration.Trust;

namespace Capstan.Engine.Configuration;

/// <summary>The configuration of one directory, all layers merged. It is read by many at once and never changes.</summary>
public sealed class WorkspaceConfig
{
    // Keys of the wire's Config; others stay out of GET /config, Capstan's own section among them.
    private static readonly HashSet<string> Shown = new(StringComparer.Ordinal)
    {
        "$schema", "shell", "logLevel", "server", "command", "skills", "references", "reference", "watcher", "snapshot", "plugin",
        "share", "autoshare", "autoupdate", "disabled_providers", "enabled_providers", "model", "small_model", "default_agent",
        "subagent_depth", "username", "mode", "agent", "provider", "mcp", "formatter", "lsp", "instructions", "layout", "permission",
        "tools", "attachment", "enterprise", "tool_output", "compaction", "experimental",
    };

    private readonly ConfigStamps stamps;
    private readonly Lazy<JsonObject> shared;

    /// <param name="merged">Everything.</param>
    /// <param name="outside">What would hold without the project's own files.</param>
    /// <param name="shared">Makes what clients are shown, which a server that starts does not need yet.</param>
    /// <param name="stamps">The files.</param>
    internal WorkspaceConfig(JsonObject merged, JsonObject outside, Func<JsonObject> shared, ConfigStamps stamps) =>
        (Merged, Outside, this.shared, this.stamps) = (merged, outside, new Lazy<JsonObject>(shared), stamps);

    /// <summary>Everything, keys included; not to be changed, and never to be shown.</summary>
    public JsonObject Merged { get; }

    /// <summary>What would hold without the project's own files; not to be changed, and never to be shown.</summary>
    public JsonObject Outside { get; }

    /// <summary>
    /// The answer to <c>GET /config</c>: without credentials, without Capstan's own section, and with references instead of what they
    /// stand for. Not to be changed.
    /// </summary>
    public JsonObject Shared => shared.Value;

    /// <summary>What people should know of the files although it is no error: keys without effect, keys that are not known.</summary>
    public IReadOnlyList<string> Notices { get; internal init; } = [];

    /// <summary>Which powers the project's files used, and what was not applied.</summary>
    public ProjectReport Report { get; init; } = new();

    /// <summary>How far the project's files are trusted.</summary>
    internal ProjectTrust Trust { get; init; } = ProjectTrust.Full;

    /// <summary>Where the project's files stay; null where projects are trusted.</summary>
    internal ProjectFence? Fence { get; init; }

    /// <summary>The texts that stand in the project's own files: it cannot steal what it says itself.</summary>
    internal IReadOnlySet<string> WrittenByProject { get; init; } = new HashSet<string>();

    /// <summary>What references stood for, where a secret may stand.</summary>
    internal IReadOnlyList<string> ReferencedSecrets { get; init; } = [];

    /// <summary>The variables that files refer to.</summary>
    internal IReadOnlyCollection<string> ReferencedVariables { get; init; } = [];

    /// <summary>Whether clients are shown this key.</summary>
    internal static bool IsShown(string key) => Shown.Contains(key);

    /// <summary>The model for turns that name none.</summary>
    public ModelRef? Model => ModelRef.Parse(Merged.Text("model"));

    /// <summary>The model for titles and other small work.</summary>
    public ModelRef? SmallModel => ModelRef.Parse(Merged.Text("small_model"));

    /// <summary>The agent for prompts that name none.</summary>
    public string? DefaultAgent => Merged.Text("default_agent");

    /// <summary>The shell that commands run in.</summary>
    public string? Shell => Merged.Text("shell");

    /// <summary>What is logged, of the server's own directory: OpenCode's <c>DEBUG</c>, <c>INFO</c>, <c>WARN</c> or <c>ERROR</c>.</summary>
    public string? LogLevel => Merged.Text("logLevel");

    /// <summary>What the user is called.</summary>
    public string Username => Merged.Text("username") ?? "user";

    /// <summary>Further instruction files: paths, globs and addresses.</summary>
    public IReadOnlyList<string> Instructions => Merged.Texts("instructions") ?? [];

    /// <summary>The user's permissions: name to action, or to a map of pattern to action, in the order of precedence.</summary>
    public JsonObject Permission => Merged.Map("permission") ?? [];

    /// <summary>Agents by name, each in one form (see the wire's <c>AgentConfig</c>).</summary>
    public JsonObject Agents => Merged.Map("agent") ?? [];

    /// <summary>Providers by identifier (see the wire's <c>ProviderConfig</c>).</summary>
    public JsonObject Providers => Merged.Map("provider") ?? [];

    /// <summary>Commands by name, as far as they are in JSON.</summary>
    public JsonObject Commands => Merged.Map("command") ?? [];

    /// <summary>MCP servers by name.</summary>
    public JsonObject Mcp => Merged.Map("mcp") ?? [];

    /// <summary>Providers that are not to be used.</summary>
    public IReadOnlyList<string> DisabledProviders => Merged.Texts("disabled_providers") ?? [];

    /// <summary>If given, the only providers to be used.</summary>
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

    /// <summary>How deep subagents may start subagents; 1 by default.</summary>
    public int SubagentDepth => (int)(Merged.Number("subagent_depth") ?? 1);

    /// <summary>Whether snapshots are taken.</summary>
    public bool Snapshot => Merged.Flag("snapshot") ?? true;

    /// <summary>Capstan's own settings, the key <c>capstan</c>.</summary>
    public JsonObject Capstan => Merged.Map("capstan") ?? [];

    /// <summary>Whether any file that this was read from has changed, or one that would have been read has appeared.</summary>
    public bool IsStale() => stamps.HaveChanged();
}

using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>The keys at the top of a file that are OpenCode's, and older ones that files still have.</summary>
internal static class OpenCodeKeys
{
    private const string NeverShared = "sessions are never shared";
    private const string NoReferences = "references are not loaded; name files in \"instructions\" instead";

    private static readonly KeyKind References = Kinds.Named(new EitherKind("a string or an object", Kinds.Text, Kinds.Object(
        new("repository", Kinds.Text, "a repository's address"),
        new("branch", Kinds.Text, "its branch"),
        new("path", Kinds.Text, "a directory, in place of a repository"),
        new("description", Kinds.Text, "what it is good for"),
        new("hidden", Kinds.Flag, "whether menus leave it out"))));

    // A server may be spread over several files, so none of the keys is missed in one alone.
    private static readonly KeyKind Servers = Kinds.Named(Kinds.Object(
        new("type", Kinds.Choice("local", "remote"), "whether it is a program or an address"),
        new("command", Kinds.Texts, "the program and its arguments"),
        new("cwd", Kinds.Text, "the directory that it runs in"),
        new("environment", Kinds.Named(Kinds.Text), "its environment variables") { IsPassedOn = true },
        new("url", Kinds.Text, "the address"),
        new("headers", Kinds.Named(Kinds.Text), "headers of each request") { IsPassedOn = true },
        new("oauth", new EitherKind("false or an object", Kinds.False, Kinds.Object(
            new("clientId", Kinds.Text, "the client's name"),
            new("clientSecret", Kinds.Text, "the client's secret"),
            new("scope", Kinds.Text, "what is asked for"),
            new("callbackPort", Kinds.WholeFrom(1, 65535), "the port of the answer"),
            new("redirectUri", Kinds.Text, "the address of the answer"))),
            "how to sign in to it"),
        new("enabled", Kinds.Flag, "whether it is started"),
        new("timeout", Kinds.WholeFrom(1), "how long its list of tools may take, in milliseconds")));

    private static readonly KeyKind Formatters = new EitherKind("true, false or an object", Kinds.Flag, Kinds.Named(Kinds.Object(
        new("disabled", Kinds.Flag, "switches it off"),
        new("command", Kinds.Texts, "the program and its arguments"),
        new("environment", Kinds.Named(Kinds.Text), "its environment variables") { IsPassedOn = true },
        new("extensions", Kinds.Texts, "the files that it is for"))));

    private static readonly KeyKind LanguageServers = new EitherKind("true, false or an object", Kinds.Flag, Kinds.Named(Kinds.Object(
        new("disabled", Kinds.Flag, "switches it off"),
        new("command", Kinds.Texts, "the program and its arguments"),
        new("extensions", Kinds.Texts, "the files that it is for"),
        new("env", Kinds.Named(Kinds.Text), "its environment variables") { IsPassedOn = true },
        new("initialization", Kinds.Free, "what it is told at its start"))));

    private static readonly KeyKind Plugins = new PlainKind(
        "a list of packages, each a string or a list of a string and an object",
        static value => value is JsonArray list
            && list.All(static item => item.AsText() is not null || item is JsonArray and [JsonValue name, JsonObject] && name.AsText() is not null));

    /// <summary>The keys.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        new("$schema", Kinds.Text, "for editors") { IsForOthers = true },
        new("shell", Kinds.Text, "the shell of the bash tool") { Origin = KeyOrigin.TrustedProjects },
        new("logLevel", Kinds.Choice("DEBUG", "INFO", "WARN", "ERROR"),
            "what `capstan serve` logs where `--log-level` says nothing; of the directory that it starts in")
        {
            Default = "INFO",
        },
        new("server", Kinds.Object(
            new("port", Kinds.WholeFrom(1), "the port"),
            new("hostname", Kinds.Text, "the address to listen on"),
            new("mdns", Kinds.Flag, "whether the network is told"),
            new("mdnsDomain", Kinds.Text, "the name that it is told"),
            new("cors", Kinds.Texts, "origins whose pages may use the server")),
            "where the server listens")
        {
            WithoutEffect = "the server is set by the options of \"capstan serve\" and by \"capstan.server\"",
        },
        new("command", Kinds.Named(Kinds.Object(
            new("template", Kinds.Text, "the prompt") { IsRequired = true },
            new("description", Kinds.Text, "what it does"),
            new("agent", Kinds.Text, "the agent of the prompt"),
            new("model", Kinds.Text, "the model of the prompt"),
            new("variant", Kinds.Text, "the variant of that model"),
            new("subtask", Kinds.Flag, "whether a subagent runs it"))),
            "prompts by name")
        {
            WithoutEffect = "commands are not offered; send what they say as a prompt",
            Folders = ["command", "commands"],
        },
        new("skills", Kinds.Object(
            new("paths", Kinds.Texts, "folders of skills"),
            new("urls", Kinds.Texts, "addresses of skills")),
            "where skills are")
        {
            WithoutEffect = "skills are not loaded; name their files in \"instructions\" instead",
            Folders = ["skill", "skills"],
        },
        new("references", References, "repositories and directories to look things up in") { WithoutEffect = NoReferences },
        new("reference", References, "older name of `references`") { WithoutEffect = NoReferences },
        new("watcher", Kinds.Object(new ConfigKey("ignore", Kinds.Texts, "files whose changes do not matter")), "how files are watched")
        {
            WithoutEffect = "files are not watched",
        },
        new("snapshot", Kinds.Flag, "whether changes of files are recorded") { Default = true },
        new("plugin", Plugins, "plugins")
        {
            AddsUp = true,
            Origin = KeyOrigin.TrustedProjects,
            WithoutEffect = "plugins are JavaScript, which is not run here",
            Folders = ["plugin", "plugins"],
        },
        new("share", Kinds.Choice("manual", "auto", "disabled"), "who shares sessions") { Default = "manual", WithoutEffect = NeverShared },
        new("autoshare", Kinds.Flag, "older form of `share`") { WithoutEffect = NeverShared },
        new("autoupdate", new EitherKind("true, false or notify", Kinds.Flag, Kinds.Choice("notify")), "for OpenCode's program") { IsForOthers = true },
        new("disabled_providers", Kinds.Texts, "providers that are not there"),
        new("enabled_providers", Kinds.Texts, "the only providers that are there"),
        new("model", Kinds.Text, "the model of prompts where neither they, their agent nor their session name one; `provider/model`"),
        new("small_model", Kinds.Text,
            "the model that writes titles; else a small one of the same provider (families gemini-flash, gpt-nano, claude-haiku), else the turn's own"),
        new("default_agent", Kinds.Text, "the agent of prompts that name none"),
        new("subagent_depth", Kinds.WholeFrom(0),
            "how deep subagents may start subagents") { Default = 1, WithoutEffect = "there is no tool that starts subagents" },
        new("username", Kinds.Text, "shown; default the user's name"),
        new("instructions", Kinds.Texts, "further instruction files: paths, globs, http(s) addresses") { AddsUp = true },
        new("permission", PermissionKeys.Kind,
            "rules for tool calls; of those that match, the last counts. How rules for `bash` are matched with command lines: [security.md](security.md#shell-commands)"),
        new("tools", Kinds.Named(Kinds.Flag), "older form of `permission`: true is allow, false is deny"),
        new("agent", Kinds.Named(AgentKeys.Kind), "agents, those that are built in among them"),
        new("mode", Kinds.Named(AgentKeys.Kind), "older form of `agent`, for primary agents"),
        new("provider", Kinds.Named(ProviderKeys.Kind), "providers"),
        new("mcp", Servers, "MCP servers")
        {
            Origin = KeyOrigin.TrustedProjects,
            WithoutEffect = "MCP servers are not started, so their tools are not offered",
        },
        new("formatter", Formatters, "formatters")
        {
            Origin = KeyOrigin.TrustedProjects,
            WithoutEffect = "files are not formatted after an edit; let the model run the formatter",
        },
        new("lsp", LanguageServers, "language servers")
        {
            Origin = KeyOrigin.TrustedProjects,
            WithoutEffect = "language servers are not started; let the model run the compiler or the linter",
        },
        new("layout", Kinds.Choice("auto", "stretch"), "for the terminal UI") { IsForOthers = true },
        new("attachment", Kinds.Object(new ConfigKey("image", Kinds.Object(
            new("auto_resize", Kinds.Flag, "whether large images are made smaller"),
            new("max_width", Kinds.WholeFrom(1), "the largest width"),
            new("max_height", Kinds.WholeFrom(1), "the largest height"),
            new("max_base64_bytes", Kinds.WholeFrom(1), "the most bytes")), "what happens to images")),
            "what happens to attachments")
        {
            WithoutEffect = "attachments are sent as they are",
        },
        new("enterprise", Kinds.Object(new ConfigKey("url", Kinds.Text, "the address")), "where sessions are shared") { WithoutEffect = NeverShared },
        new("tool_output", Kinds.Object(
            new("max_lines", Kinds.WholeFrom(1), "the most lines") { Default = new ToolLimits().MaxLines },
            new("max_bytes", Kinds.WholeFrom(1), "the most bytes, as UTF-8") { Default = new ToolLimits().MaxBytes }),
            "what a tool call may return"),
        new("compaction", Kinds.Object(
            new("auto", Kinds.Flag, "whether a long history is compacted by itself"),
            new("prune", Kinds.Flag, "whether old results of tools are dropped"),
            new("tail_turns", Kinds.WholeFrom(0), "how many turns stay"),
            new("preserve_recent_tokens", Kinds.WholeFrom(0), "how many tokens stay"),
            new("reserved", Kinds.WholeFrom(0), "how many tokens are kept free")),
            "how long histories are made shorter")
        {
            WithoutEffect = "nothing is compacted; begin a new session before one outgrows its model's context",
        },
        new("experimental", Kinds.Object(
            new("disable_paste_summary", Kinds.Flag, "for the terminal UI"),
            new("batch_tool", Kinds.Flag, "offers a tool that calls several"),
            new("openTelemetry", Kinds.Flag, "records calls of models"),
            new("primary_tools", Kinds.Texts, "tools of primary agents alone"),
            new("continue_loop_on_deny", Kinds.Flag, "whether a turn goes on after a refusal"),
            new("mcp_timeout", Kinds.WholeFrom(1), "how long MCP servers may take, in milliseconds"),
            new("policies", Kinds.ListOf("a list of policies, each with action, effect and resource", Kinds.Object(
                new("action", Kinds.Choice("provider.use"), "what is done") { IsRequired = true },
                new("effect", Kinds.Choice("allow", "deny"), "whether it may be done") { IsRequired = true },
                new("resource", Kinds.Text, "to what") { IsRequired = true })),
                "what may be used")),
            "experiments")
        {
            WithoutEffect = "none of OpenCode's experiments is here",
        },
        new("keybinds", Kinds.Any, "for the terminal UI") { IsForOthers = true, IsShown = false },
        new("theme", Kinds.Any, "for the terminal UI") { IsForOthers = true, IsShown = false },
        new("tui", Kinds.Any, "for the terminal UI") { IsForOthers = true, IsShown = false },
    ];
}

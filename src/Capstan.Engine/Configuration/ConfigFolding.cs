using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Applies the last layer of the configuration: the environment's permissions, defaults, and older keys folded into newer ones.
/// </summary>
internal static class ConfigFolding
{
    private const string PermissionVariable = "OPENCODE_PERMISSION";

    public static void Apply(JsonObject config, ProcessEnvironment environment)
    {
        FoldModes(config);
        FoldPermission(config, environment);
        if (config.Flag("autoshare") == true && !config.ContainsKey("share"))
            config["share"] = "auto";
        if (!config.ContainsKey("username"))
            config["username"] = environment["USER"] ?? environment["LOGNAME"] ?? Environment.UserName;
        if (environment.Flag("OPENCODE_DISABLE_AUTOCOMPACT"))
            Section(config, "compaction")["auto"] = false;
        if (environment.Flag("OPENCODE_DISABLE_PRUNE"))
            Section(config, "compaction")["prune"] = false;
        foreach (var key in new[] { "agent", "mode", "command" })
            Section(config, key);
        if (!config.ContainsKey("plugin"))
            config["plugin"] = new JsonArray();
    }

    private static void FoldModes(JsonObject config)
    {
        foreach (var (name, mode) in config.Map("mode") ?? [])
        {
            var folded = (JsonObject)mode!.DeepClone();
            folded["mode"] = "primary";
            ConfigMerge.Into(Section(config, "agent"), new JsonObject { [name] = folded });
        }
    }

    private static void FoldPermission(JsonObject config, ProcessEnvironment environment)
    {
        var written = config.Map("permission") ?? [];
        if (environment[PermissionVariable] is { } text)
        {
            var extra = Jsonc.Parse(text, PermissionVariable);
            var issues = ConfigCheck.Of(extra, PermissionKeys.Kind);
            if (issues.Count > 0)
                throw ConfigException.Invalid(PermissionVariable, issues);
            ConfigMerge.Into(written, extra);
        }

        // The older switches come first: of several rules that match, the
        // later one wins, so written permissions override the switches.
        var folded = AgentSettings.FromTools(config.Map("tools"));
        ConfigMerge.Into(folded, written);
        if (folded.Count > 0)
            config["permission"] = folded;
    }

    private static JsonObject Section(JsonObject config, string key)
    {
        if (config[key] is not JsonObject section)
            config[key] = section = [];
        return section;
    }
}

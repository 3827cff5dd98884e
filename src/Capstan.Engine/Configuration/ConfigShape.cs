using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Configuration;

/// <summary>Checks the types of the keys that Capstan reads; unknown keys are not checked.</summary>
internal sealed class ConfigShape
{
    private static readonly string[] Actions = ["ask", "allow", "deny"];
    private static readonly string[] Colors = ["primary", "secondary", "accent", "success", "warning", "error", "info"];

    // Permissions that take only an action, because a map of patterns would mean nothing for them.
    private static readonly HashSet<string> Plain =
        new(StringComparer.Ordinal) { "todowrite", "question", "webfetch", "websearch", "doom_loop" };

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly List<ConfigIssue> issues = [];
    private readonly List<string> place = [];

    private JsonObject? shown;

    /// <summary>Checks the settings of a file.</summary>
    /// <param name="config">The file's settings.</param>
    /// <param name="shown">
    /// The same settings as clients may be shown them; messages name a wrong value only if it is the same here.
    /// </param>
    public static IReadOnlyList<ConfigIssue> Check(JsonObject config, JsonObject shown)
    {
        var shape = new ConfigShape { shown = shown };
        shape.Config(config);
        return shape.issues;
    }

    public static IReadOnlyList<ConfigIssue> CheckAgent(JsonObject agent)
    {
        var shape = new ConfigShape();
        shape.Agent(agent);
        return shape.issues;
    }

    public static IReadOnlyList<ConfigIssue> CheckPermission(JsonObject permission)
    {
        var shape = new ConfigShape();
        shape.Permission(permission);
        return shape.issues;
    }

    private void Config(JsonObject config)
    {
        Text(config, "shell", "model", "small_model", "default_agent", "username");
        Texts(config, "instructions", "disabled_providers", "enabled_providers");
        Choice(config, "logLevel", "DEBUG", "INFO", "WARN", "ERROR");
        Choice(config, "share", "manual", "auto", "disabled");
        Flag(config, "autoshare", "snapshot");
        Integer(config, "subagent_depth", 0);
        At(config, "permission", Permission);
        At(config, "tools", Flags);
        Each(config, "agent", Agent);
        Each(config, "mode", Agent);
        Each(config, "provider", Provider);
        Each(config, "command", Command);
        Map(config, "capstan", _ => { });
        Map(config, "mcp", _ => { });
        Map(config, "tool_output", limits =>
        {
            Integer(limits, "max_lines", 1);
            Integer(limits, "max_bytes", 1);
        });
        Map(config, "compaction", compaction =>
        {
            Flag(compaction, "auto", "prune");
            Integer(compaction, "tail_turns", 0);
            Integer(compaction, "preserve_recent_tokens", 0);
            Integer(compaction, "reserved", 0);
        });
        Map(config, "skills", skills =>
        {
            Texts(skills, "paths", "urls");
        });
    }

    private void Agent(JsonObject agent)
    {
        Text(agent, "model", "variant", "prompt", "description");
        Number(agent, "temperature", "top_p");
        Flag(agent, "disable", "hidden");
        Choice(agent, "mode", "subagent", "primary", "all");
        Integer(agent, "steps", 1);
        Integer(agent, "maxSteps", 1);
        Map(agent, "options", _ => { });
        At(agent, "tools", Flags);
        At(agent, "permission", Permission);
        At(agent, "color", node => Expect(IsColor(node.AsText()), node, $"#rrggbb or one of {string.Join(", ", Colors)}"));
    }

    private void Provider(JsonObject provider)
    {
        Text(provider, "api", "name", "id", "npm");
        Texts(provider, "env", "whitelist", "blacklist");
        Map(provider, "options", options =>
        {
            Text(options, "apiKey", "baseURL");
            Flag(options, "setCacheKey");
            All(options, ["timeout", "headerTimeout", "chunkTimeout"], IsTimeout, "a positive number of milliseconds or false");
        });
        Each(provider, "models", Model);
    }

    private void Model(JsonObject model)
    {
        Text(model, "id", "name", "family", "release_date");
        Flag(model, "attachment", "reasoning", "temperature", "tool_call");
        Choice(model, "status", "alpha", "beta", "deprecated", "active");
        Map(model, "limit", limit =>
        {
            Required(limit, "context", "output");
            Number(limit, "context", "output", "input");
        });
        Map(model, "cost", cost =>
        {
            Required(cost, "input", "output");
            Number(cost, "input", "output", "cache_read", "cache_write");
        });
        Map(model, "options", _ => { });
        Map(model, "headers", headers =>
        {
            Text(headers, [.. headers.Select(header => header.Key)]);
        });
        Each(model, "variants", _ => { });
        Map(model, "modalities", modalities =>
        {
            Texts(modalities, "input", "output");
        });
        Map(model, "provider", provider =>
        {
            Text(provider, "npm", "api");
        });
        At(model, "interleaved", node => Expect(
            node.GetValueKind() is JsonValueKind.True or JsonValueKind.False or JsonValueKind.String
                || (node as JsonObject).Text("field") is not null,
            node,
            "a boolean, a field's name, or an object with field"));
    }

    private void Command(JsonObject command)
    {
        Required(command, "template");
        Text(command, "template", "description", "agent", "model", "variant");
        Flag(command, "subtask");
    }

    private void Permission(JsonNode permission)
    {
        if (permission is not JsonObject map)
        {
            Expect(IsAction(permission), permission, "ask, allow, deny or an object");
            return;
        }

        foreach (var (name, _) in map)
        {
            At(map, name, rule =>
            {
                if (rule is JsonObject patterns && !Plain.Contains(name))
                {
                    foreach (var (pattern, _) in patterns)
                        At(patterns, pattern, action => Expect(IsAction(action), action, "ask, allow or deny"));
                }
                else
                {
                    Expect(IsAction(rule), rule, Plain.Contains(name) ? "ask, allow or deny" : "ask, allow, deny or an object");
                }
            });
        }
    }

    private void Flags(JsonNode node)
    {
        if (node is not JsonObject map)
        {
            Expect(false, node, "an object");
            return;
        }

        Flag(map, [.. map.Select(pair => pair.Key)]);
    }

    private void Text(JsonObject parent, params ReadOnlySpan<string> keys) =>
        All(parent, keys, node => node.AsText() is not null, "a string");

    private void Number(JsonObject parent, params ReadOnlySpan<string> keys) =>
        All(parent, keys, node => node.AsNumber() is not null, "a number");

    private void Flag(JsonObject parent, params ReadOnlySpan<string> keys) =>
        All(parent, keys, node => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False, "true or false");

    private void Texts(JsonObject parent, params ReadOnlySpan<string> keys) =>
        All(parent, keys, node => node is JsonArray list && list.All(item => item.AsText() is not null), "a list of strings");

    private void All(JsonObject parent, ReadOnlySpan<string> keys, Func<JsonNode, bool> holds, string expected)
    {
        foreach (var key in keys)
            At(parent, key, node => Expect(holds(node), node, expected));
    }

    private void Integer(JsonObject parent, string key, int least) => At(parent, key, node =>
    {
        var isWhole = node.AsNumber() is { } number && number >= least && number <= int.MaxValue && double.IsInteger(number);
        Expect(isWhole, node, $"a whole number from {least}");
    });

    private void Choice(JsonObject parent, string key, params string[] choices) =>
        At(parent, key, node => Expect(choices.Contains(node.AsText()), node, $"one of {string.Join(", ", choices)}"));

    private void Map(JsonObject parent, string key, Action<JsonObject> check) => At(parent, key, node =>
    {
        if (node is JsonObject map)
            check(map);
        else
            Expect(false, node, "an object");
    });

    private void Each(JsonObject parent, string key, Action<JsonObject> check) => Map(parent, key, map =>
    {
        foreach (var name in map.Select(pair => pair.Key).ToArray())
            Map(map, name, check);
    });

    private void Required(JsonObject parent, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (!parent.ContainsKey(key))
                issues.Add(new ConfigIssue([.. place, key], "Missing key"));
        }
    }

    private void At(JsonObject parent, string key, Action<JsonNode> check)
    {
        if (!parent.TryGetPropertyValue(key, out var node))
            return;
        place.Add(key);
        if (node is null)
            issues.Add(new ConfigIssue([.. place], "Expected a value, got null"));
        else
            check(node);
        place.RemoveAt(place.Count - 1);
    }

    private void Expect(bool holds, JsonNode found, string expected)
    {
        if (holds)
            return;
        // A value under such a name may be a secret, whatever its type, and so may a value that came from a reference.
        var text = place.Exists(SecretNames.IsSecret) || !IsShownAs(found) ? "something else" : found.ToJsonString();
        issues.Add(new ConfigIssue([.. place], $"Expected {expected}, got {(text.Length > 200 ? text[..200] + "…" : text)}"));
    }

    private bool IsShownAs(JsonNode found)
    {
        if (shown is null)
            return true;
        JsonNode? at = shown;
        foreach (var key in place)
            at = (at as JsonObject)?[key];
        return JsonNode.DeepEquals(at, found);
    }

    private static bool IsAction(JsonNode node) => Actions.Contains(node.AsText());

    private static bool IsTimeout(JsonNode node) => node.GetValueKind() == JsonValueKind.False || node.AsNumber() > 0;

    private static bool IsColor(string? text) =>
        text is not null
        && (Colors.Contains(text) || (text.Length == 7 && text[0] == '#' && !text.AsSpan(1).ContainsAnyExcept(Hexadecimal)));
}

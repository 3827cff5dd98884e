using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>Brings an agent's settings, as people write them, into one form.</summary>
internal static class AgentSettings
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "name", "model", "variant", "prompt", "description", "temperature", "top_p", "mode", "hidden", "color", "steps", "maxSteps",
        "options", "permission", "disable", "tools",
    };

    /// <summary>
    /// Puts keys that nobody knows into <c>options</c>, which go to the provider; takes <c>maxSteps</c> for <c>steps</c>; and turns
    /// <c>tools</c> into permissions below those that are written out.
    /// </summary>
    public static void Normalise(JsonObject agent)
    {
        var options = (JsonObject)(agent.Map("options")?.DeepClone() ?? new JsonObject());
        foreach (var (key, value) in agent)
        {
            if (!Known.Contains(key))
                options[key] = value?.DeepClone();
        }

        var permission = FromTools(agent.Map("tools"));
        ConfigMerge.Into(permission, ToMap(agent["permission"]));
        agent["options"] = options;
        agent["permission"] = permission;
        if (agent["steps"] is null && agent["maxSteps"] is { } steps)
            agent["steps"] = steps.DeepClone();
    }

    /// <summary>A single action means that action for everything.</summary>
    public static JsonObject ToMap(JsonNode? permission) => permission switch
    {
        JsonObject map => (JsonObject)map.DeepClone(),
        JsonValue action => new JsonObject { ["*"] = action.DeepClone() },
        _ => [],
    };

    /// <summary>The older switches as permissions; all ways of changing a file are one permission.</summary>
    public static JsonObject FromTools(JsonObject? tools)
    {
        var permission = new JsonObject();
        foreach (var (tool, enabled) in tools ?? [])
        {
            var name = tool is "write" or "edit" or "patch" ? "edit" : tool;
            permission[name] = enabled is JsonValue value && value.TryGetValue<bool>(out var on) && on ? "allow" : "deny";
        }

        return permission;
    }
}

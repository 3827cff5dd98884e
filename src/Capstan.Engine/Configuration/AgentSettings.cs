using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Configuration;

/// <summary>Brings an agent's settings from the forms in which people write them into one form.</summary>
internal static class AgentSettings
{
    /// <summary>
    /// Moves unknown keys into <c>options</c>, which are sent to the provider; takes <c>maxSteps</c> for <c>steps</c>; and turns
    /// <c>tools</c> into permissions, which the permissions written out override.
    /// </summary>
    public static void Normalise(JsonObject agent)
    {
        var options = (JsonObject)(agent.Map("options")?.DeepClone() ?? new JsonObject());
        foreach (var (key, value) in agent)
        {
            if (AgentKeys.Kind[key] is null)
                options[key] = value?.DeepClone();
        }

        var permission = FromTools(agent.Map("tools"));
        ConfigMerge.Into(permission, ToMap(agent["permission"]));
        agent["options"] = options;
        agent["permission"] = permission;
        if (agent["steps"] is null && agent["maxSteps"] is { } steps)
            agent["steps"] = steps.DeepClone();
    }

    /// <summary>Returns permissions as a map. A single action becomes that action for everything.</summary>
    public static JsonObject ToMap(JsonNode? permission) => permission switch
    {
        JsonObject map => (JsonObject)map.DeepClone(),
        JsonValue action => new JsonObject { ["*"] = action.DeepClone() },
        _ => [],
    };

    /// <summary>
    /// Turns the older <c>tools</c> switches into permissions. All ways of changing a file are the one permission <c>edit</c>.
    /// </summary>
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

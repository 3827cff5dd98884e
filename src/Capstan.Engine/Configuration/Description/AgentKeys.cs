namespace Capstan.Engine.Configuration.Description;

/// <summary>The keys of an agent.</summary>
internal static class AgentKeys
{
    /// <summary>An agent. Keys that are not known are options for its provider.</summary>
    public static ObjectKind Kind { get; } = Kinds.Object(
        new("name", Kinds.Any, "the name that is shown; default the key"),
        new("model", Kinds.Text, "the model of its prompts, `provider/model`"),
        new("variant", Kinds.Text, "the variant of that model"),
        new("temperature", Kinds.Number, "sent to the model"),
        new("top_p", Kinds.Number, "sent to the model"),
        new("prompt", Kinds.Text, "its system prompt"),
        new("tools", Kinds.Named(Kinds.Flag), "older form of `permission`: true is allow, false is deny"),
        new("disable", Kinds.Flag, "takes the agent away"),
        new("description", Kinds.Text, "when to use it"),
        new("mode", Kinds.Choice("subagent", "primary", "all"), "whether prompts may choose it"),
        new("hidden", Kinds.Flag, "whether menus leave it out"),
        new("options", Kinds.Free, "added to each request to its provider, as are keys that are not in this table"),
        new("color", Kinds.Color, "its colour where it is shown"),
        new("steps", Kinds.WholeFrom(1), "how many steps a turn may take"),
        new("maxSteps", Kinds.WholeFrom(1), "older name of `steps`"),
        new("permission", PermissionKeys.Kind, "its own rules, behind those of the top"));
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;

namespace Capstan.Engine.Turns;

/// <summary>
/// Tool calls that name no tool of the step, or whose arguments are not JSON. They are shown as calls of a tool named
/// <c>invalid</c>, as on OpenCode's wire, so that the model learns of its mistake and the turn goes on.
/// </summary>
internal static class InvalidTool
{
    /// <summary>The tool name under which such calls are shown.</summary>
    public const string Name = "invalid";

    /// <summary>The title of the results of such calls.</summary>
    public const string Title = "Invalid Tool";

    /// <summary>The input of a call that names a tool which does not exist, or which the step was not offered.</summary>
    public static JsonElement Unavailable(string tool, IEnumerable<string> names) => Input(
        tool,
        $"Model tried to call unavailable tool '{tool}'. Available tools: "
        + $"{string.Join(", ", names.Append(Name).Order(StringComparer.Ordinal))}.");

    /// <summary>The input of a call whose arguments are not JSON.</summary>
    public static JsonElement Unreadable(string reason) => Input(Name, $"The arguments are not valid JSON: {reason}");

    /// <summary>The output of such a call, which tells the model what was wrong.</summary>
    public static string Output(JsonElement input) =>
        $"The arguments provided to the tool are invalid: {input.GetProperty("error").GetString()}";

    private static JsonElement Input(string tool, string error) => JsonSerializer.SerializeToElement(
        new JsonObject { ["tool"] = tool, ["error"] = error }, WireJson.Wire.JsonObject);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;

namespace Capstan.Engine.Turns;

/// <summary>
/// The calls that no tool answers. They are shown as calls of a tool named <c>invalid</c> and completed, as on OpenCode's wire, so
/// that the model learns of its mistake and the turn goes on.
/// </summary>
internal static class InvalidTool
{
    /// <summary>The name under which they are shown.</summary>
    public const string Name = "invalid";

    /// <summary>The title of their results.</summary>
    public const string Title = "Invalid Tool";

    /// <summary>There is no such tool, or not for this step.</summary>
    public static JsonElement Unavailable(string tool, IEnumerable<string> names) => Input(
        tool,
        $"Model tried to call unavailable tool '{tool}'. Available tools: "
        + $"{string.Join(", ", names.Append(Name).Order(StringComparer.Ordinal))}.");

    /// <summary>The arguments are not JSON.</summary>
    public static JsonElement Unreadable(string reason) => Input(Name, $"The arguments are not valid JSON: {reason}");

    /// <summary>What the model is told.</summary>
    public static string Output(JsonElement input) =>
        $"The arguments provided to the tool are invalid: {input.GetProperty("error").GetString()}";

    private static JsonElement Input(string tool, string error) => JsonSerializer.SerializeToElement(
        new JsonObject { ["tool"] = tool, ["error"] = error }, WireJson.Wire.JsonObject);
}

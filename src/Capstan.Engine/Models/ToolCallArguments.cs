using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>Reads the arguments of a tool call as JSON, whichever way a provider gives them.</summary>
internal static class ToolCallArguments
{
    /// <summary>The arguments as a JSON object.</summary>
    public static JsonElement Read(FunctionCallContent call)
    {
        if (call.RawRepresentation is JsonElement raw)
            return raw;
        var arguments = new JsonObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
        {
            arguments[name] = value switch
            {
                null => null,
                JsonElement element => JsonNode.Parse(element.GetRawText()),
                JsonNode node => node.DeepClone(),
                string text => text,
                bool flag => flag,
                int number => number,
                long number => number,
                double number => number,
                _ => value.ToString(),
            };
        }

        return JsonSerializer.SerializeToElement(arguments, WireJson.Wire.JsonObject);
    }
}

using System.Text.Json;

namespace Capstan.Engine.Tools;

/// <summary>Reads the schemas that tools are written with.</summary>
internal static class ToolSchema
{
    /// <summary>Parses a schema that is part of the program.</summary>
    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

using System.Text.Json;

namespace Capstan.Engine.Tools;

/// <summary>Reads arguments that <see cref="ToolArguments"/> has already checked.</summary>
internal static class ToolInput
{
    public static string Text(this JsonElement input, string name) => input.GetProperty(name).GetString()!;

    public static string? OptionalText(this JsonElement input, string name) =>
        input.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static long? OptionalInteger(this JsonElement input, string name) =>
        input.TryGetProperty(name, out var value) ? (long)value.GetDouble() : null;

    public static bool Flag(this JsonElement input, string name) =>
        input.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}

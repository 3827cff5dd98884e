using System.Text.Json;

namespace Capstan.Testing.Models;

/// <summary>A tool call that a scripted step asks for.</summary>
public sealed record ModelToolCall
{
    /// <summary>The tool's name as the model says it; deliberately not checked.</summary>
    public required string Name { get; init; }

    /// <summary>The call's id; null lets the model number it <c>call_N</c>.</summary>
    public string? Id { get; init; }

    /// <summary>The arguments. A JSON string is sent as it stands, so that broken arguments can be scripted.</summary>
    public JsonElement Args { get; init; }

    /// <summary>A call with arguments given as JSON text.</summary>
    public static ModelToolCall Of(string name, string args, string? id = null) =>
        new() { Name = name, Id = id, Args = JsonElement.Parse(args) };

    /// <summary>The argument text that goes over the wire.</summary>
    internal string ArgumentText => Args.ValueKind switch
    {
        JsonValueKind.Undefined => "{}",
        JsonValueKind.String => Args.GetString()!,
        _ => Args.GetRawText(),
    };
}

using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A file that was attached or that a tool returned.</summary>
public sealed record FilePart : Part
{
    /// <summary>The file's media type.</summary>
    public required string Mime { get; init; }

    /// <summary>The file's name.</summary>
    public string? Filename { get; init; }

    /// <summary>The file's URL: <c>file:</c>, <c>data:</c> or <c>https:</c>.</summary>
    public required string Url { get; init; }

    /// <summary>Where the prompt's text mentions the file.</summary>
    public JsonElement? Source { get; init; }
}

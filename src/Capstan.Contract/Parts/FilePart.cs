using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A file that was attached or that a tool returned.</summary>
public sealed record FilePart : Part
{
    /// <summary>The media type.</summary>
    public required string Mime { get; init; }

    /// <summary>The file's name.</summary>
    public string? Filename { get; init; }

    /// <summary>A <c>file:</c>, <c>data:</c> or <c>https:</c> address.</summary>
    public required string Url { get; init; }

    /// <summary>Where in the prompt's text it was mentioned.</summary>
    public JsonElement? Source { get; init; }
}

namespace Capstan.Engine.Tools;

/// <summary>A file that a tool returned.</summary>
/// <param name="Mime">The file's media type.</param>
/// <param name="Url">A <c>data:</c> URL with the file's content.</param>
/// <param name="Filename">The file's name, if it has one.</param>
public sealed record ToolAttachment(string Mime, string Url, string? Filename = null);

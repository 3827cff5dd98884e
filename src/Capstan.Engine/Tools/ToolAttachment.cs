namespace Capstan.Engine.Tools;

/// <summary>A file that a tool returned.</summary>
/// <param name="Mime">Its media type.</param>
/// <param name="Url">A <c>data:</c> address with its content.</param>
/// <param name="Filename">Its name, if it has one.</param>
public sealed record ToolAttachment(string Mime, string Url, string? Filename = null);

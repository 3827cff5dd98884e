using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>One file of the configuration, parsed and brought into one form.</summary>
/// <param name="Origin">Who wrote the file.</param>
/// <param name="Value">The file's settings.</param>
/// <param name="Shown">
/// The same settings with <c>{env:…}</c> and <c>{file:…}</c> as they
/// were written, because clients never get the values behind these.
/// </param>
internal sealed record ConfigLayer(ConfigOrigin Origin, JsonObject Value, JsonObject Shown);

using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>One file of the configuration, read and brought into one form.</summary>
/// <param name="Origin">Who wrote it.</param>
/// <param name="Value">What it says.</param>
/// <param name="Shown">The same with <c>{env:…}</c> and <c>{file:…}</c> as they were written: values never come back to clients.</param>
internal sealed record ConfigLayer(ConfigOrigin Origin, JsonObject Value, JsonObject Shown);

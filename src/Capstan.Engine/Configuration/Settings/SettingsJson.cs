using System.Text.Json.Serialization;

namespace Capstan.Engine.Configuration.Settings;

/// <summary>The JSON of Capstan's own settings. A key that is not known is an error: it would otherwise do nothing, silently.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CapstanSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Capstan.Engine.Configuration.Settings;

/// <summary>
/// The JSON of Capstan's own settings. An unknown key is an error, because it would otherwise silently have no effect.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CapstanSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;

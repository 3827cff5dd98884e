namespace Capstan.Engine.Configuration;

/// <summary>A place that configuration is read from.</summary>
/// <param name="Origin">Who wrote the source.</param>
/// <param name="Kind">What kind of source it is.</param>
/// <param name="Path">The path of the file or folder, or the name of the environment variable.</param>
internal sealed record ConfigSource(ConfigOrigin Origin, ConfigSourceKind Kind, string Path);

namespace Capstan.Engine.Configuration;

/// <summary>A place that configuration is read from.</summary>
/// <param name="Origin">Who wrote it.</param>
/// <param name="Kind">What is there.</param>
/// <param name="Path">The file, the folder, or the variable.</param>
internal sealed record ConfigSource(ConfigOrigin Origin, ConfigSourceKind Kind, string Path);

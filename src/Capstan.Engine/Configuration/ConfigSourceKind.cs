namespace Capstan.Engine.Configuration;

/// <summary>The kinds of places that configuration is read from.</summary>
internal enum ConfigSourceKind
{
    /// <summary>A JSON file.</summary>
    File,

    /// <summary>A folder with Markdown agents.</summary>
    Agents,

    /// <summary>An environment variable that holds JSON.</summary>
    Variable,
}

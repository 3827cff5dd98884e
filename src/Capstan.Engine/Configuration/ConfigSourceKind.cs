namespace Capstan.Engine.Configuration;

/// <summary>What is at a place that configuration is read from.</summary>
internal enum ConfigSourceKind
{
    /// <summary>A JSON file.</summary>
    File,

    /// <summary>A folder with Markdown agents.</summary>
    Agents,

    /// <summary>A variable that holds JSON.</summary>
    Variable,
}

namespace Capstan.Engine.Configuration;

/// <summary>Who wrote a layer of the configuration.</summary>
internal enum ConfigOrigin
{
    /// <summary>
    /// The user or the administrator: global files, the home directory, files that the environment names, managed files.
    /// </summary>
    Outside,

    /// <summary>The project's authors. A project may come from anybody.</summary>
    Project,
}

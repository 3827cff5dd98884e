namespace Capstan.Engine.Configuration;

/// <summary>Who wrote a layer of the configuration.</summary>
internal enum ConfigOrigin
{
    /// <summary>The user or the administrator: global files, the home directory, what the environment names, managed files.</summary>
    Outside,

    /// <summary>Whoever wrote the project: its files may come from anybody.</summary>
    Project,
}

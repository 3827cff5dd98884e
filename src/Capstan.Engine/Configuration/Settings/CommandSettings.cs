namespace Capstan.Engine.Configuration.Settings;

/// <summary>The commands of tool calls; read outside projects only.</summary>
public sealed record CommandSettings
{
    /// <summary>
    /// Environment variables that commands get beside those on the list of <c>docs/security.md</c>; a star at the end stands for any
    /// characters, names of secrets excepted, which have to be written out.
    /// </summary>
    public IReadOnlyList<string>? Env { get; init; }
}

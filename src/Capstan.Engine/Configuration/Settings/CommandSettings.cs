namespace Capstan.Engine.Configuration.Settings;

/// <summary>Settings of the commands that tool calls run; read outside projects only.</summary>
public sealed record CommandSettings
{
    /// <summary>
    /// Environment variables that commands get in addition to those on the list of
    /// <c>docs/security.md</c>. A star at the end of a name stands for any characters, but never
    /// makes a name that tells of a secret match; such a name must be written in full.
    /// </summary>
    public IReadOnlyList<string>? Env { get; init; }
}

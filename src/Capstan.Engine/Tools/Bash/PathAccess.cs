namespace Capstan.Engine.Tools.Bash;

/// <summary>A path that a command line uses.</summary>
/// <param name="Use">What for.</param>
/// <param name="Path">The absolute path, links not followed; null where it is not known before the shell runs.</param>
/// <param name="Written">The path as it is written.</param>
internal sealed record PathAccess(PathUse Use, string? Path, string Written);

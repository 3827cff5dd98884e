namespace Capstan.Engine.Tools.Bash;

/// <summary>A path that a command line uses.</summary>
/// <param name="Use">What the path is used for.</param>
/// <param name="Path">The absolute path, links not followed; null where it is not known before the shell runs.</param>
/// <param name="Written">The path as the line has it.</param>
internal sealed record PathAccess(PathUse Use, string? Path, string Written);

namespace Capstan.Contract;

/// <summary>An entry of a directory (OpenCode schema <c>FileNode</c>).</summary>
/// <param name="Name">The entry's name.</param>
/// <param name="Path">The path relative to the workspace's directory; a directory's path ends with a slash.</param>
/// <param name="Absolute">The absolute path, without a slash at its end.</param>
/// <param name="Type">The entry's kind.</param>
/// <param name="Ignored">Whether an ignore file names the entry or a directory that it is in.</param>
public sealed record FileNode(string Name, string Path, string Absolute, FileNodeType Type, bool Ignored);

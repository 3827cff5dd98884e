namespace Capstan.Contract;

/// <summary>A file that differs from the last commit (OpenCode schema <c>File</c>).</summary>
/// <param name="Path">The path relative to the workspace's directory.</param>
/// <param name="Added">How many lines were added; 0 for a binary file.</param>
/// <param name="Removed">How many lines were removed; 0 for a binary file.</param>
/// <param name="Status">What happened to the file: added, deleted or modified.</param>
public sealed record FileChange(string Path, int Added, int Removed, string Status);

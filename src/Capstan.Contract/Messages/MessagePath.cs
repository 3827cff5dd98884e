namespace Capstan.Contract;

/// <summary>Where a step ran.</summary>
/// <param name="Cwd">The session's directory.</param>
/// <param name="Root">The project's worktree.</param>
public sealed record MessagePath(string Cwd, string Root);

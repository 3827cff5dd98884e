namespace Capstan.Contract;

/// <summary>The directories that a server uses (OpenCode schema <c>Path</c>).</summary>
/// <param name="Home">The user's home directory.</param>
/// <param name="State">The directory in which state is kept.</param>
/// <param name="Config">The directory from which global configuration is read.</param>
/// <param name="Worktree">The top directory of the checkout, or <c>/</c> without a repository.</param>
/// <param name="Directory">The directory of the request.</param>
public sealed record PathInfo(string Home, string State, string Config, string Worktree, string Directory);

namespace Capstan.Contract;

/// <summary>Where things are (OpenCode schema <c>Path</c>).</summary>
/// <param name="Home">The user's home directory.</param>
/// <param name="State">Where state is kept.</param>
/// <param name="Config">Where global configuration is read from.</param>
/// <param name="Worktree">The project's top directory.</param>
/// <param name="Directory">The directory of the request.</param>
public sealed record PathInfo(string Home, string State, string Config, string Worktree, string Directory);

namespace Capstan.Contract;

/// <summary>The directories in which a step ran.</summary>
/// <param name="Cwd">The session's directory.</param>
/// <param name="Root">The top directory of the checkout, or <c>/</c> without a repository.</param>
public sealed record MessagePath(string Cwd, string Root);

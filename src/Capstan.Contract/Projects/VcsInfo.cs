using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>Where a checkout stands (OpenCode schema <c>VcsInfo</c>).</summary>
/// <param name="Branch">The branch that is checked out; null where none is, or without a repository.</param>
/// <param name="DefaultBranch">The repository's default branch; null where none is known.</param>
public sealed record VcsInfo(string? Branch, [property: JsonPropertyName("default_branch")] string? DefaultBranch);

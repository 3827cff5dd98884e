namespace Capstan.Engine.Configuration;

/// <summary>One thing that is wrong in a configuration file.</summary>
/// <param name="Path">The keys that lead to the wrong value.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record ConfigIssue(IReadOnlyList<string> Path, string Message);

namespace Capstan.Contract;

/// <summary>The times of a project, in Unix milliseconds.</summary>
/// <param name="Created">When the project was first used.</param>
/// <param name="Updated">When the project last changed.</param>
public sealed record ProjectTime(long Created, long Updated);

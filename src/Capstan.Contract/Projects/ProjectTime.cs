namespace Capstan.Contract;

/// <summary>The moments of a project, in Unix milliseconds.</summary>
/// <param name="Created">When it was first used.</param>
/// <param name="Updated">When it last changed.</param>
public sealed record ProjectTime(long Created, long Updated);

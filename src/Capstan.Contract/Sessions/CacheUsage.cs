namespace Capstan.Contract;

/// <summary>Tokens of a provider's prompt cache.</summary>
/// <param name="Read">Tokens read from the cache.</param>
/// <param name="Write">Tokens written to the cache.</param>
public sealed record CacheUsage(long Read, long Write);

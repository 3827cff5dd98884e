namespace Capstan.Contract;

/// <summary>The prices of a prompt cache, in US dollars for a million tokens.</summary>
/// <param name="Read">The price of tokens that are read from the cache.</param>
/// <param name="Write">The price of tokens that are written to the cache.</param>
public sealed record ModelCacheCost(double Read, double Write);

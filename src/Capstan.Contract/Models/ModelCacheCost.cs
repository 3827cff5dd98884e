namespace Capstan.Contract;

/// <summary>Prices of a prompt cache in US dollars for a million tokens.</summary>
/// <param name="Read">Tokens read.</param>
/// <param name="Write">Tokens written.</param>
public sealed record ModelCacheCost(double Read, double Write);

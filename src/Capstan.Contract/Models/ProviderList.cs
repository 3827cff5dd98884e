namespace Capstan.Contract;

/// <summary>The answer to <c>GET /provider</c>.</summary>
/// <param name="All">Every provider that is known.</param>
/// <param name="Default">The model that is taken where only the provider is named, by provider.</param>
/// <param name="Connected">The identifiers of those that can be used.</param>
public sealed record ProviderList(
    IReadOnlyList<ProviderInfo> All,
    IReadOnlyDictionary<string, string> Default,
    IReadOnlyList<string> Connected);

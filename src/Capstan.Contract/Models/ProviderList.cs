namespace Capstan.Contract;

/// <summary>The answer to <c>GET /provider</c>.</summary>
/// <param name="All">All known providers.</param>
/// <param name="Default">For each provider, the model that is used where only the provider is named.</param>
/// <param name="Connected">The identifiers of the providers that can be used.</param>
public sealed record ProviderList(
    IReadOnlyList<ProviderInfo> All,
    IReadOnlyDictionary<string, string> Default,
    IReadOnlyList<string> Connected);

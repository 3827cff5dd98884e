namespace Capstan.Contract;

/// <summary>The answer to <c>GET /config/providers</c>.</summary>
/// <param name="Providers">The providers that can be used.</param>
/// <param name="Default">For each provider, the model that is used where only the provider is named.</param>
public sealed record ConfiguredProviders(IReadOnlyList<ProviderInfo> Providers, IReadOnlyDictionary<string, string> Default);

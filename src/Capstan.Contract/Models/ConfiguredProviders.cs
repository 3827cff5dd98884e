namespace Capstan.Contract;

/// <summary>The answer to <c>GET /config/providers</c>.</summary>
/// <param name="Providers">The providers that can be used.</param>
/// <param name="Default">The model that is taken where only the provider is named, by provider.</param>
public sealed record ConfiguredProviders(IReadOnlyList<ProviderInfo> Providers, IReadOnlyDictionary<string, string> Default);

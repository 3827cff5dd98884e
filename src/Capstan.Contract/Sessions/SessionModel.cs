namespace Capstan.Contract;

/// <summary>The model that a session last used.</summary>
/// <param name="ID">The model's identifier within its provider.</param>
/// <param name="ProviderID">The provider's identifier.</param>
/// <param name="Variant">The reasoning preset, or <c>default</c>.</param>
public sealed record SessionModel(string ID, string ProviderID, string? Variant = null);

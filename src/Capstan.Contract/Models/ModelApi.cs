namespace Capstan.Contract;

/// <summary>How a model is reached.</summary>
/// <param name="ID">The identifier that is sent to the provider.</param>
/// <param name="Url">The base address, if the catalogue or configuration names one.</param>
/// <param name="Npm">The package name by which configuration selects the protocol.</param>
public sealed record ModelApi(string ID, string Url, string Npm);

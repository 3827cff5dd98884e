namespace Capstan.Contract;

/// <summary>How requests reach a model.</summary>
/// <param name="ID">The identifier that is sent to the provider.</param>
/// <param name="Url">The base address; empty where neither catalogue nor configuration names one.</param>
/// <param name="Npm">The name of the npm package by which the configuration selects the protocol.</param>
public sealed record ModelApi(string ID, string Url, string Npm);

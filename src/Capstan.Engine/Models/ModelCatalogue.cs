using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Names;

namespace Capstan.Engine.Models;

/// <summary>The providers and models of a workspace: those of its configuration, and the built-in offline one.</summary>
public sealed class ModelCatalogue
{
    private const int MaxSuggestions = 3;

    // Where no model is named, well-known models are preferred; the later a model stands in this list, the more it is preferred.
    private static readonly string[] Preferred = ["gpt-5", "claude-sonnet-4", "big-pickle", "gemini-3-pro"];
    private static readonly string[] SmallFamilies = ["gemini-flash", "gpt-nano", "claude-haiku"];

    private readonly Dictionary<string, ConfiguredProvider> _providers;
    private readonly OutsideCredentials _outside;
    private readonly WorkspaceConfig _config;
    private readonly ProcessEnvironment _environment;
    private readonly ModelRef? _smallModel;

    private ModelCatalogue(
        Dictionary<string, ConfiguredProvider> providers, OutsideCredentials outside, WorkspaceConfig config, ProcessEnvironment environment)
    {
        (_providers, _outside, _config, _environment) = (providers, outside, config, environment);
        _smallModel = config.SmallModel;
        Providers = [.. providers.Values.Select(provider => provider.Info)];
        var defaults = Providers.ToDictionary(provider => provider.ID, provider => Best(provider).ID, StringComparer.Ordinal);
        var shown = Providers.Select(provider => Show(provider, config)).ToArray();
        List = new ProviderList(shown, defaults, [.. providers.Keys]);
        Configured = new ConfiguredProviders(shown, defaults);
        // The offline provider comes last, so that any other provider goes before it.
        Default = config.Model ?? new ModelRef(Providers[0].ID, defaults[Providers[0].ID]);
    }

    /// <summary>The providers, in the order of the configuration, the offline one last.</summary>
    public IReadOnlyList<ProviderInfo> Providers { get; }

    /// <summary>The answer to <c>GET /provider</c>.</summary>
    public ProviderList List { get; }

    /// <summary>The answer to <c>GET /config/providers</c>.</summary>
    public ConfiguredProviders Configured { get; }

    /// <summary>
    /// The model for prompts that name none: the configured model, whether or not it is in the catalogue, or else the best model
    /// of the first provider.
    /// </summary>
    public ModelRef Default { get; }

    /// <summary>Builds the catalogue.</summary>
    public static ModelCatalogue Build(WorkspaceConfig config, ConfigPaths paths, ProcessEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(config);
        var credentials = Credentials.Load(paths, environment);
        var providers = new Dictionary<string, ConfiguredProvider>(StringComparer.Ordinal);
        foreach (var (id, settings) in config.Providers)
        {
            var isWanted = !config.DisabledProviders.Contains(id) && config.EnabledProviders?.Contains(id) != false;
            if (isWanted && id != OfflineModel.ProviderID && settings is JsonObject map && ConfiguredProvider.Read(id, map, config, environment, credentials) is { } provider)
                providers[id] = provider;
        }

        providers[OfflineModel.ProviderID] = OfflineModel.Provider;
        return new ModelCatalogue(providers, OutsideCredentials.Collect(config, credentials, environment), config, environment);
    }

    /// <summary>
    /// The model, or null where the catalogue does not have it; <see cref="Suggest"/> gives models of similar names.
    /// </summary>
    public ModelInfo? Find(ModelRef model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return _providers.GetValueOrDefault(model.ProviderID)?.Info.Models.GetValueOrDefault(model.ModelID);
    }

    /// <summary>
    /// Up to three models, as <c>provider/model</c>, whose names are nearest to the name of a model that is not there.
    /// </summary>
    public IReadOnlyList<string> Suggest(ModelRef model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var wanted = model.ToString();
        return [.. Providers
            .SelectMany(provider => provider.Models.Keys.Select(id => $"{provider.ID}/{id}"))
            .Select(name => (name, distance: NameDistance.Between(wanted, name)))
            .Where(candidate => candidate.distance <= Math.Max(3, wanted.Length / 2))
            .OrderBy(candidate => candidate.distance)
            .ThenBy(candidate => candidate.name, StringComparer.Ordinal)
            .Take(MaxSuggestions)
            .Select(candidate => candidate.name)];
    }

    /// <summary>
    /// The providers whose credentials are not sent, because the credentials were configured outside the project and the address
    /// within it.
    /// </summary>
    internal IEnumerable<string> Withheld =>
        _providers.Values.Where(provider => provider.Info.Models.Values.Any(model => Endpoint(model).IsWithheld)).Select(provider => provider.Info.ID);

    /// <summary>
    /// A provider as clients see it. The addresses, headers and options of its models may hold keys as well, so clients are shown
    /// them as they are written in the configuration.
    /// </summary>
    private static ProviderInfo Show(ProviderInfo provider, WorkspaceConfig _config)
    {
        // The offline provider is in no configuration, and has nothing to hide.
        if (provider.ID == OfflineModel.ProviderID)
            return provider;
        var shown = (_config.Shared.Map("provider")?[provider.ID] as JsonObject) ?? [];
        return provider with
        {
            Name = shown.Text("name") ?? provider.ID,
            Options = (JsonObject)(shown.Map("options")?.DeepClone() ?? new JsonObject()),
            Models = provider.Models.ToDictionary(static model => model.Key, model => Show(model.Value, shown)),
        };
    }

    /// <summary>
    /// The model as it is written in the configuration: the values that references stand for stay with the server.
    /// </summary>
    private static ModelInfo Show(ModelInfo model, JsonObject provider)
    {
        var written = ModelReader.Read(model.ProviderID, provider, model.ID, provider.Map("models")?[model.ID] as JsonObject ?? []);
        return model with
        {
            Name = written.Name,
            Family = written.Family,
            Api = model.Api with { ID = written.Api.ID, Url = written.Api.Url },
            Options = written.Options,
            Headers = written.Headers,
            Variants = model.Variants?.ToDictionary(
                static variant => variant.Key,
                variant => written.Variants?.GetValueOrDefault(variant.Key) ?? []),
        };
    }

    /// <summary>
    /// A text of the configuration as a model may be sent it: without credentials that were configured outside the project for
    /// other addresses. A file of the project could have put such a credential into the text with <c>{env:…}</c> or
    /// <c>{file:…}</c>.
    /// </summary>
    internal string Withhold(ModelInfo model, string text) => _outside.Withhold(Endpoint(model).BaseUrl, text);

    /// <summary>Options of an agent as a model may be sent them.</summary>
    /// <inheritdoc cref="Withhold(ModelInfo, string)"/>
    internal JsonObject Withhold(ModelInfo model, JsonObject options) => (JsonObject)_outside.Withhold(Endpoint(model).BaseUrl, options)!;

    /// <summary>
    /// Whether an address that is to be fetched without a credential holds one that was configured outside the project.
    /// </summary>
    internal bool HoldsCredential(string address) => _outside.Misdirected("", [address]) is not null;

    /// <summary>The protocol by which a model is called.</summary>
    internal ModelProtocol Protocol(ModelInfo model) => Endpoint(model).Protocol;

    /// <summary>
    /// What is needed to call a model. Where the model cannot be called, <see cref="ModelEndpoint.Problem"/> says why.
    /// </summary>
    internal ModelEndpoint Endpoint(ModelInfo model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.ProviderID == OfflineModel.ProviderID)
            return new ModelEndpoint { Protocol = ModelProtocol.Offline };
        return _providers.GetValueOrDefault(model.ProviderID)?.Endpoint(model, _outside, Variable)
            ?? new ModelEndpoint { Protocol = ModelProtocol.Unsupported, Problem = $"There is no provider {model.ProviderID}." };
    }

    /// <summary>
    /// The model for titles and other small work: the configured one, or else a small model of the same provider; null where
    /// there is neither, and the turn's own model is to be used.
    /// </summary>
    public ModelRef? Small(string providerID)
    {
        if (_smallModel is not null)
            return _smallModel;
        var models = _providers.GetValueOrDefault(providerID)?.Info.Models.Values
            .OrderByDescending(model => model.ReleaseDate, StringComparer.Ordinal)
            .ThenByDescending(model => model.ID, StringComparer.Ordinal)
            .ToArray() ?? [];
        return SmallFamilies
            .Select(family => models.FirstOrDefault(model => model.Family == family))
            .OfType<ModelInfo>()
            .Select(model => new ModelRef(model.ProviderID, model.ID))
            .FirstOrDefault();
    }

    private static ModelInfo Best(ProviderInfo provider) => provider.Models.Values
        .OrderByDescending(model => Array.FindIndex(Preferred, name => model.ID.Contains(name, StringComparison.Ordinal)))
        .ThenByDescending(model => model.ID.Contains("latest", StringComparison.Ordinal))
        .ThenByDescending(model => model.ID, StringComparer.Ordinal)
        .First();

    // Where a restricted project wrote the address, the address may name only the variables that the project may read anywhere.
    private string? Variable(string address, string name) =>
        !_config.Trust.IsRestricted || _config.Trust.Variables.Contains(name) || _outside.IsWritten(address) ? _environment[name] : null;
}

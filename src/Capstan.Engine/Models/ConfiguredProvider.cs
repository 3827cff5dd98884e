using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Description;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Models;

/// <summary>A provider of the configuration: what clients are shown of it, and its options, which they are not shown.</summary>
/// <param name="Info">The provider as the wire shows it, with options that hold no credentials.</param>
/// <param name="Options">The provider's options, credentials included.</param>
internal sealed record ConfiguredProvider(ProviderInfo Info, JsonObject Options)
{
    /// <summary>Reads a provider of the configuration; null where none of its models is offered.</summary>
    public static ConfiguredProvider? Read(string id, JsonObject settings, WorkspaceConfig config, ProcessEnvironment environment, Credentials credentials)
    {
        var showsAlpha = environment.Flag("OPENCODE_ENABLE_EXPERIMENTAL_MODELS");
        var (only, never) = (settings.Texts("whitelist"), settings.Texts("blacklist"));
        var models = new Dictionary<string, ModelInfo>(StringComparer.Ordinal);
        foreach (var (modelID, node) in settings.Map("models") ?? [])
        {
            var model = ModelReader.Read(id, settings, modelID, node as JsonObject ?? []);
            var isOffered = model.Status != "deprecated" && (model.Status != "alpha" || showsAlpha);
            if (isOffered && never?.Contains(modelID) != true && only?.Contains(modelID) != false)
                models[modelID] = model;
        }

        if (models.Count == 0)
            return null;
        // The user's own configuration says which variables hold keys. A restricted project may say it only of variables that it
        // may read.
        var outside = config.Outside.Map("provider")?[id] as JsonObject;
        var variables = (settings.Texts("env") ?? [])
            .Where(name => !config.Trust.IsRestricted || outside.Texts("env")?.Contains(name) == true || config.Trust.Variables.Contains(name))
            .ToArray();
        var options = settings.Map("options") ?? [];
        return new ConfiguredProvider(
            new ProviderInfo
            {
                ID = id,
                Name = settings.Text("name") ?? id,
                Source = "config",
                Env = variables,
                // Where several variables are named, only the provider's own code could tell which of them holds a key, so none
                // is taken.
                Key = credentials.ApiKey(id) ?? (variables.Length == 1 ? environment[variables[0]] : null),
                Options = ConfigRedaction.Without(options),
                Models = models,
            },
            options);
    }

    /// <summary>What is needed to call one of the provider's models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="outside">
    /// The credentials that were configured outside the project and must not go to addresses that the project chose.
    /// </param>
    /// <param name="variable">
    /// Gives the value of a variable that the address names; takes the address and the variable's name.
    /// </param>
    public ModelEndpoint Endpoint(ModelInfo model, OutsideCredentials outside, Func<string, string, string?> variable)
    {
        var protocol = model.Api.Npm == ModelReader.CompatibleNpm ? ModelProtocol.OpenAICompatible : ModelProtocol.Unsupported;
        var written = ProviderAddress.Of(Options, model.Api.Url);
        var baseUrl = ProviderAddress.Expand(written, name => variable(written, name));
        var headers = ModelReader.Headers(Options);
        foreach (var (name, value) in model.Headers)
            headers[name] = value;
        var key = Options.Text("apiKey") is { Length: > 0 } configured ? configured : Info.Key;
        // Names are checked like values: references are filled in before the file is read as JSON, so a name can hold a
        // credential as well.
        var owner = outside.Misdirected(
            baseUrl,
            [
                baseUrl, key ?? "", model.Api.ID, .. headers.Keys, .. headers.Values, .. JsonTexts.Of(model.Options), .. JsonTexts.Names(model.Options),
                .. VariantTexts(model),
            ]);
        var hasAddress = Uri.TryCreate(baseUrl, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        return new ModelEndpoint
        {
            Protocol = protocol,
            Problem = protocol == ModelProtocol.Unsupported
                    ? $"{Info.ID}/{model.ID} wants the package {model.Api.Npm}, which is not supported; {ModelReader.CompatibleNpm} is."
                : !hasAddress
                    ? $"{Info.ID}/{model.ID} has no usable base address: set provider.{Info.ID}.options.baseURL."
                : owner is not null ? Withheld(owner, SecretShapes.Redact(outside.Withhold(null, written)))
                : null,
            IsWithheld = owner is not null,
            BaseUrl = baseUrl,
            ApiKey = owner is null ? key : null,
            Headers = owner is null ? outside.HeadersFor(Info.ID, baseUrl, headers) : new Dictionary<string, string>(),
            Timeout = Limit("timeout", null),
            HeaderTimeout = Limit("headerTimeout", TimeSpan.FromMilliseconds(ProviderKeys.DefaultTimeout)),
            ChunkTimeout = Limit("chunkTimeout", TimeSpan.FromMilliseconds(ProviderKeys.DefaultTimeout)),
            SetCacheKey = Options.Flag("setCacheKey") ?? false,
        };
    }

    private string Withheld(string owner, string address) =>
        $"The credentials of provider {owner} were configured outside this project, and the address {address} within it, so they are not sent "
        + $"there. If you trust that address, set provider.{Info.ID}.options.baseURL to it in your own configuration "
        + "(~/.config/opencode/opencode.json); if not, take it out of the project's.";

    private static IEnumerable<string> VariantTexts(ModelInfo model) => 
        model.Variants?.Values.SelectMany(static variant => JsonTexts.Of(variant).Concat(JsonTexts.Names(variant))) ?? [];

    private TimeSpan? Limit(string key, TimeSpan? standard) =>
        Options.Flag(key) == false ? null
        : Options.Number(key) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : standard;
}

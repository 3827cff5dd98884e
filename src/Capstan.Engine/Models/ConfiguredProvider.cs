using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Models;

/// <summary>A provider as clients see it, and beside it what they do not see.</summary>
/// <param name="Info">The wire's view: options without credentials.</param>
/// <param name="Options">The options with them.</param>
internal sealed record ConfiguredProvider(ProviderInfo Info, JsonObject Options)
{
    /// <summary>Reads a provider of the configuration; null where no model of it is left.</summary>
    public static ConfiguredProvider? Read(string id, JsonObject settings, ProcessEnvironment environment, Credentials credentials)
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
        var variables = settings.Texts("env") ?? [];
        var options = settings.Map("options") ?? [];
        return new ConfiguredProvider(
            new ProviderInfo
            {
                ID = id,
                Name = settings.Text("name") ?? id,
                Source = "config",
                Env = variables,
                // With several variables it is for the provider's own code to tell which one holds a key.
                Key = credentials.ApiKey(id) ?? (variables.Count == 1 ? environment[variables[0]] : null),
                Options = ConfigRedaction.Without(options),
                Models = models,
            },
            options);
    }

    /// <summary>What is needed to call one of its models.</summary>
    public ModelEndpoint Endpoint(ModelInfo model, ProcessEnvironment environment)
    {
        var protocol = model.Api.Npm == ModelReader.CompatibleNpm ? ModelProtocol.OpenAICompatible : ModelProtocol.Unsupported;
        var baseUrl = ExpandVariables(
            Options.Text("baseURL") is { Length: > 0 } configured ? configured : model.Api.Url,
            environment);
        var headers = ModelReader.Headers(Options);
        foreach (var (name, value) in model.Headers)
            headers[name] = value;
        return new ModelEndpoint
        {
            Protocol = protocol,
            Problem = protocol == ModelProtocol.Unsupported
                    ? $"{Info.ID}/{model.ID} wants the package {model.Api.Npm}, which is not supported; {ModelReader.CompatibleNpm} is."
                : !Uri.TryCreate(baseUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
                    ? $"{Info.ID}/{model.ID} has no usable base address: set provider.{Info.ID}.options.baseURL."
                : null,
            BaseUrl = baseUrl,
            ApiKey = Options.Text("apiKey") is { Length: > 0 } key ? key : Info.Key,
            Headers = headers,
            Timeout = Limit("timeout", null),
            HeaderTimeout = Limit("headerTimeout", TimeSpan.FromMinutes(5)),
            ChunkTimeout = Limit("chunkTimeout", TimeSpan.FromMinutes(5)),
            SetCacheKey = Options.Flag("setCacheKey") ?? false,
            ProviderOptions = Options,
        };
    }

    private TimeSpan? Limit(string key, TimeSpan? standard) =>
        Options.Flag(key) == false ? null
        : Options.Number(key) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : standard;

    private static string ExpandVariables(string address, ProcessEnvironment environment)
    {
        for (var start = address.IndexOf("${", StringComparison.Ordinal); start >= 0;)
        {
            var end = address.IndexOf('}', start);
            if (end < 0)
                break;
            // A variable that is not set stays as it is written, so that the error names it.
            if (environment[address[(start + 2)..end]] is { } value)
                (address, end) = (address[..start] + value + address[(end + 1)..], start + value.Length - 1);
            start = address.IndexOf("${", end + 1, StringComparison.Ordinal);
        }

        return address;
    }
}

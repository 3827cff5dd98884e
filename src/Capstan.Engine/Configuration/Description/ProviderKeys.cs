using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>The keys of a provider and of its models.</summary>
internal static class ProviderKeys
{
    /// <summary>How long an answer's headers, and each next piece of it, may take, in milliseconds.</summary>
    public const int DefaultTimeout = 300_000;

    /// <summary>The package whose protocol a provider speaks that names none.</summary>
    public const string DefaultPackage = "@ai-sdk/openai-compatible";

    private static readonly KeyKind Costs = Kinds.Object(
        new("input", Kinds.Number, "a million tokens of input") { IsRequired = true },
        new("output", Kinds.Number, "a million tokens of output") { IsRequired = true },
        new("cache_read", Kinds.Number, "a million tokens read from the provider's cache"),
        new("cache_write", Kinds.Number, "a million tokens written to it"),
        new("context_over_200k", Kinds.Object(
            new("input", Kinds.Number, "a million tokens of input") { IsRequired = true },
            new("output", Kinds.Number, "a million tokens of output") { IsRequired = true },
            new("cache_read", Kinds.Number, "a million tokens read from the provider's cache"),
            new("cache_write", Kinds.Number, "a million tokens written to it")),
            "prices above 200,000 tokens of context")
        {
            WithoutEffect = "costs are counted with the model's ordinary prices",
        });

    private static readonly ObjectKind Model = Kinds.Object(
        new("id", Kinds.Text, "the name that the provider knows it by; default the key"),
        new("name", Kinds.Text, "the name that is shown; default the key"),
        new("family", Kinds.Text, "by which a small model is found, and shown"),
        new("release_date", Kinds.Text, "shown"),
        new("attachment", Kinds.Flag, "whether files may be attached") { Default = false },
        new("reasoning", Kinds.Flag, "whether it thinks, and how much can be chosen") { Default = false },
        new("temperature", Kinds.Flag, "whether it takes a temperature") { Default = false },
        new("tool_call", Kinds.Flag, "whether it calls tools") { Default = true },
        new("interleaved", new PlainKind("a boolean, a field's name, or an object with field", static value =>
            Kinds.Flag.Fits(value) || Kinds.Text.Fits(value) || (value as JsonObject).Text("field") is not null)
            {
                Within = Kinds.Object(new ConfigKey("field", Kinds.Text, "the field's name")),
            },
            "the field in which it wants its reasoning back"),
        new("cost", Costs, "prices in dollars"),
        new("limit", Kinds.Object(
            new("context", Kinds.Number, "the most tokens of a request and its answer") { IsRequired = true },
            new("input", Kinds.Number, "the most tokens of a request"),
            new("output", Kinds.Number, "the most tokens of an answer") { IsRequired = true }),
            "how many tokens it takes"),
        new("modalities", Kinds.Object(
            new("input", Kinds.Texts, "what it understands: `text`, `audio`, `image`, `video`, `pdf`"),
            new("output", Kinds.Texts, "what it answers with")),
            "default text alone"),
        new("experimental", Kinds.Flag,
            "whether it is an experiment") { WithoutEffect = "a model's \"status\" says whether it is offered" },
        new("status", Kinds.Choice("alpha", "beta", "deprecated", "active"),
            "`deprecated` models are left out, and `alpha` ones unless they are asked for")
        {
            Default = "active",
        },
        new("provider", Kinds.Object(
            new("npm", Kinds.Text, "in place of the provider's"),
            new("api", Kinds.Text, "in place of the provider's")),
            "where it is not as its provider says"),
        new("options", Kinds.Free, "added to each request"),
        new("headers", Kinds.Named(Kinds.Text), "headers of each request") { IsPassedOn = true },
        new("variants", Kinds.Named(Kinds.Object(new ConfigKey("disabled", Kinds.Flag, "takes the variant away"))),
            "further settings by name, of which a prompt may choose"));

    /// <summary>A provider.</summary>
    public static ObjectKind Kind { get; } = Kinds.Object(
        new("api", Kinds.Text, "its address where `options.baseURL` is not set"),
        new("name", Kinds.Text, "the name that is shown; default the key"),
        new("env", Kinds.Texts, "variables that hold its key; used if it is exactly one"),
        new("id", Kinds.Text, "shown; the key is what counts"),
        new("npm", Kinds.Text, "the package whose protocol it speaks") { Default = DefaultPackage },
        new("whitelist", Kinds.Texts, "the only models of it that are offered"),
        new("blacklist", Kinds.Texts, "models of it that are not offered"),
        new("options", Kinds.Object(
            new("apiKey", Kinds.Text, "its key; else the one in `auth.json`, else the variable that `env` names"),
            new("baseURL", Kinds.Text, "its address; `${NAME}` in it is replaced by the variable"),
            new("enterpriseUrl", Kinds.Text, "the address of an enterprise") { WithoutEffect = "set \"baseURL\" to the address instead" },
            new("setCacheKey", Kinds.Flag,
                "sends the session's identifier as `prompt_cache_key`, so that a provider with several machines finds its cache")
            {
                Default = false,
            },
            new("timeout", Kinds.Timeout, "how long the whole answer may take, in milliseconds") { Default = false },
            new("headerTimeout", Kinds.Timeout, "how long the answer's headers may take, in milliseconds")
            {
                Default = DefaultTimeout,
            },
            new("chunkTimeout", Kinds.Timeout,
                "how long each next piece of the answer may take, in milliseconds") { Default = DefaultTimeout },
            // OpenCode hands these on to a package unseen, so a header that is no text is left out and is no error.
            new("headers", Kinds.Named(Kinds.Any), "headers of each request") { IsPassedOn = true }),
            "how it is asked"),
        new("models", Kinds.Named(Model), "its models, by identifier"));
}

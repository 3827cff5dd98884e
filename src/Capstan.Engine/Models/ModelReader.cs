using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Models;

/// <summary>Reads a model from a provider's configuration (the wire's <c>ProviderConfig.models</c>).</summary>
internal static class ModelReader
{
    public const string CompatibleNpm = ProviderKeys.DefaultPackage;

    private static readonly string[] Efforts = ["low", "medium", "high"];

    public static ModelInfo Read(string providerID, JsonObject provider, string id, JsonObject model)
    {
        var own = model.Map("provider");
        var npm = own.Text("npm") ?? provider.Text("npm") ?? CompatibleNpm;
        var reasoning = model.Flag("reasoning") ?? false;
        return new ModelInfo
        {
            ID = id,
            ProviderID = providerID,
            Name = model.Text("name") ?? id,
            Family = model.Text("family") ?? "",
            Api = new ModelApi(model.Text("id") ?? id, own.Text("api") ?? provider.Text("api") ?? "", npm),
            Status = model.Text("status") ?? "active",
            ReleaseDate = model.Text("release_date") ?? "",
            Capabilities = new ModelCapabilities
            {
                Temperature = model.Flag("temperature") ?? false,
                Reasoning = reasoning,
                Attachment = model.Flag("attachment") ?? false,
                ToolCall = model.Flag("tool_call") ?? true,
                Input = Modalities(model.Map("modalities").Texts("input")),
                Output = Modalities(model.Map("modalities").Texts("output")),
                Interleaved = Interleaved(model["interleaved"]),
            },
            Cost = Cost(model.Map("cost")),
            Limit = Limit(model.Map("limit")),
            Options = (JsonObject)(model.Map("options")?.DeepClone() ?? new JsonObject()),
            Headers = Headers(model),
            Variants = Variants(model.Map("variants"), reasoning && npm == CompatibleNpm),
        };
    }

    public static Dictionary<string, string> Headers(JsonObject? source)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in source.Map("headers") ?? [])
        {
            if (value.AsText() is { } text)
                headers[name] = text;
        }

        return headers;
    }

    private static ModelModalities Modalities(IReadOnlyList<string>? kinds) => kinds is null
        ? ModelModalities.TextOnly
        : new ModelModalities(
            kinds.Contains("text"), kinds.Contains("audio"), kinds.Contains("image"), kinds.Contains("video"), kinds.Contains("pdf"));

    private static JsonNode Interleaved(JsonNode? value) => value switch
    {
        null => JsonValue.Create(false),
        _ when value.AsText() is { } field => new JsonObject { ["field"] = field },
        _ => value.DeepClone(),
    };

    private static ModelCost Cost(JsonObject? cost) => cost is null
        ? ModelCost.Free
        : new ModelCost(
            cost.Number("input") ?? 0,
            cost.Number("output") ?? 0,
            new ModelCacheCost(cost.Number("cache_read") ?? 0, cost.Number("cache_write") ?? 0));

    private static ModelLimit Limit(JsonObject? limit) =>
        new((long)(limit.Number("context") ?? 0), (long)(limit.Number("output") ?? 0)) { Input = (long?)limit.Number("input") };

    // The presets that every compatible server with reasoning understands come first; the configuration adds further presets, and
    // changes or disables these.
    private static Dictionary<string, JsonObject> Variants(JsonObject? configured, bool hasEfforts)
    {
        var merged = new JsonObject();
        foreach (var effort in hasEfforts ? Efforts : [])
            merged[effort] = new JsonObject { ["reasoningEffort"] = effort };
        ConfigMerge.Into(merged, configured ?? []);
        var variants = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (name, node) in merged)
        {
            if (node is not JsonObject variant || variant.Flag("disabled") == true)
                continue;
            var settings = (JsonObject)variant.DeepClone();
            settings.Remove("disabled");
            variants[name] = settings;
        }

        return variants;
    }
}

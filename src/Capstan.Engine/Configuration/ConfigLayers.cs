using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Configuration.Trust;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Puts the layers of one directory together. Those from outside the project are read first, because they say how far the project is
/// trusted; then all are merged in their order, three times: what holds, what would hold without the project, and what is shown.
/// </summary>
internal sealed class ConfigLayers
{
    private readonly ConfigPaths _paths;
    private readonly ProcessEnvironment _environment;
    private readonly ConfigStamps _stamps = new();
    private readonly ReferencedValues _values = new();
    private readonly ProjectReport _report = new();
    private readonly ConfigNotices _notices = new();
    private readonly ConfigReader _reader;

    /// <summary>Creates the layers of a directory.</summary>
    public ConfigLayers(ConfigPaths paths, ProcessEnvironment environment, string directory)
    {
        (_paths, _environment) = (paths, environment);
        _reader = new ConfigReader(paths, environment, _stamps, _values, _notices, directory);
    }

    /// <summary>Reads and merges the sources.</summary>
    /// <param name="sources">The sources, the weakest first.</param>
    /// <param name="top">The project's top directory; where there is no repository, the workspace's own.</param>
    /// <exception cref="ConfigException">One cannot be used.</exception>
    public WorkspaceConfig Merge(IReadOnlyList<ConfigSource> sources, string top)
    {
        // 1. What people set up outside the project.
        var trusted = new Dictionary<ConfigSource, ConfigLayer?>(ReferenceEqualityComparer.Instance);
        var outside = new JsonObject();
        foreach (var source in sources.Where(static source => source.Origin == ConfigOrigin.Outside))
        {
            trusted[source] = _reader.Read(source, limits: null);
            if (trusted[source] is { } layer)
                ConfigMerge.Layer(outside, layer.Value);
        }

        // 2. What the project adds, as far as it may.
        var trust = ProjectTrust.Read(outside);
        var limits = new ProjectLimits(trust, new ProjectFence(top), _report);
        var (merged, shown) = (new JsonObject(), new JsonObject());
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var isOutside = trusted.TryGetValue(source, out var layer);
            // Where no repository says where a project begins, the directories above are somebody else's.
            if (!isOutside && !(trust.IsRestricted && !limits.Fence.Names(source.Path)))
                layer = _reader.Read(source, limits);
            if (layer is null)
                continue;
            ConfigMerge.Layer(merged, layer.Value);
            ConfigMerge.Layer(shown, layer.Shown);
            if (!isOutside)
                JsonTexts.Collect(layer.Shown, written);
        }

        // 3. The environment's word is the last.
        _notices.LookAt(_environment);
        foreach (var tree in new[] { merged, outside, shown })
            ConfigFolding.Apply(tree, _environment);
        return new WorkspaceConfig(merged, outside, () => Show(shown, merged), _stamps)
        {
            Notices = _notices.All,
            Trust = trust,
            Fence = trust.IsRestricted ? limits.Fence : null,
            Report = _report,
            WrittenByProject = written,
            ReferencedSecrets = [.. _values.Secret(merged, shown)],
            ReferencedVariables = _values.SecretVariables,
        };
    }

    private static JsonObject Show(JsonObject shown, JsonObject merged)
    {
        var answer = new JsonObject();
        foreach (var (key, value) in ConfigRedaction.Without(shown))
        {
            if (WorkspaceConfig.IsShown(key))
                answer[key] = value?.DeepClone();
        }

        // Clients choose by it, and every message says it: the name of a model that is there is no secret.
        foreach (var key in new[] { "model", "small_model" })
        {
            if (merged.Text(key) is { } model && IsConfigured(merged, model))
                answer[key] = model;
        }

        return answer;
    }

    private static bool IsConfigured(JsonObject merged, string model) =>
        Contract.ModelRef.Parse(model) is { } name
        && (merged.Map("provider")?[name.ProviderID] as JsonObject).Map("models")?.ContainsKey(name.ModelID) == true;
}

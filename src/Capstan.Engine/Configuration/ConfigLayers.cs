using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Configuration.Trust;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Merges the layers of one directory's configuration. Layers from outside the project are read first, because they say how far
/// the project is trusted. Then all layers are merged in their order into three results: the configuration in force, the one that
/// would be in force without the project, and the one that clients are shown.
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

    /// <summary>Creates the reader and merger of one directory's configuration.</summary>
    public ConfigLayers(ConfigPaths paths, ProcessEnvironment environment, string directory)
    {
        (_paths, _environment) = (paths, environment);
        _reader = new ConfigReader(paths, environment, _stamps, _values, _notices, directory);
    }

    /// <summary>Reads and merges the sources.</summary>
    /// <param name="sources">The sources, the weakest first.</param>
    /// <param name="top">The project's top directory; where there is no repository, the workspace's own.</param>
    /// <exception cref="ConfigException">A source cannot be used.</exception>
    public WorkspaceConfig Merge(IReadOnlyList<ConfigSource> sources, string top)
    {
        // 1. Read what people set up outside the project.
        var trusted = new Dictionary<ConfigSource, ConfigLayer?>(ReferenceEqualityComparer.Instance);
        var outside = new JsonObject();
        foreach (var source in sources.Where(static source => source.Origin == ConfigOrigin.Outside))
        {
            trusted[source] = _reader.Read(source, limits: null);
            if (trusted[source] is { } layer)
                ConfigMerge.Layer(outside, layer.Value);
        }

        // 2. Read what the project adds, as far as it may.
        var trust = ProjectTrust.Read(outside);
        var limits = new ProjectLimits(trust, new ProjectFence(top), _report);
        var (merged, shown) = (new JsonObject(), new JsonObject());
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var isOutside = trusted.TryGetValue(source, out var layer);
            // Without a repository, nothing says where the project begins, so
            // files in the directories above it may be somebody else's.
            if (!isOutside && !(trust.IsRestricted && !limits.Fence.Names(source.Path)))
                layer = _reader.Read(source, limits);
            if (layer is null)
                continue;
            ConfigMerge.Layer(merged, layer.Value);
            ConfigMerge.Layer(shown, layer.Shown);
            if (!isOutside)
                JsonTexts.Collect(layer.Shown, written);
        }

        // 3. The environment is applied last, because it overrides all files.
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
            if (ConfigDescription.Root[key] is { IsShown: true })
                answer[key] = value?.DeepClone();
        }

        // Clients choose a model by this name, and every message carries it, so the name of a configured model is no secret.
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

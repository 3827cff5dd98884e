using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;
using Capstan.Engine.Names;

namespace Capstan.Engine.Configuration;

/// <summary>Collects what people should know of a workspace's configuration files although it is no error.</summary>
internal sealed class ConfigNotices
{
    // Variables that hold keys of well-known providers. OpenCode offers a
    // provider as soon as its variable is set, but Capstan does not.
    private static readonly (string Variable, string Provider)[] Credentials =
    [
        ("ANTHROPIC_API_KEY", "anthropic"), ("OPENAI_API_KEY", "openai"), ("OPENROUTER_API_KEY", "openrouter"), ("GEMINI_API_KEY", "google"),
        ("GOOGLE_GENERATIVE_AI_API_KEY", "google"), ("GROQ_API_KEY", "groq"), ("MISTRAL_API_KEY", "mistral"), ("DEEPSEEK_API_KEY", "deepseek"),
        ("XAI_API_KEY", "xai"), ("AZURE_API_KEY", "azure"), ("AWS_BEARER_TOKEN_BEDROCK", "amazon-bedrock"), ("CEREBRAS_API_KEY", "cerebras"),
        ("TOGETHER_API_KEY", "togetherai"), ("FIREWORKS_API_KEY", "fireworks-ai"), ("OPENCODE_API_KEY", "opencode"),
    ];

    private readonly List<string> _notices = [];
    private readonly HashSet<string> _mentioned = new(StringComparer.Ordinal);

    /// <summary>The notices so far, each a sentence or two.</summary>
    public IReadOnlyList<string> All => _notices;

    /// <summary>Looks for notices about one file.</summary>
    /// <param name="text">The file's text, before references in it are replaced.</param>
    /// <param name="file">The file's path.</param>
    /// <param name="layer">The file's settings.</param>
    public void Look(string text, string file, JsonObject layer)
    {
        foreach (var (variable, _) in Credentials)
        {
            if (text.Contains(variable, StringComparison.Ordinal))
                _mentioned.Add(variable);
        }

        foreach (var name in layer.Select(static pair => pair.Key).Where(static name => ConfigDescription.Root[name] is null))
        {
            var hint = NearestName.Find(name, ConfigDescription.Root.Keys.Select(static key => key.Name)) is { } nearest ? $" Did you mean \"{nearest}\"?" : "";
            Add(text, file, [name], $"is not a key that is known; it has no effect.{hint}");
        }

        // Each is named once, however often it is there: people repeat a table of prices in every model.
        foreach (var (place, key) in WithoutEffect(layer, ConfigDescription.Root, []).DistinctBy(static found => found.Key))
            Add(text, file, place, $"has no effect yet: {key.WithoutEffect}. The key may stay.");
    }

    /// <summary>Looks for folders without effect in a configuration directory.</summary>
    public void LookAt(string directory)
    {
        // Every load looks here, and most workspaces have no such directory.
        if (!Directory.Exists(directory))
            return;
        foreach (var key in ConfigDescription.Root.Keys)
        {
            foreach (var folder in key.Folders.Select(name => Path.Combine(directory, name)).Where(Directory.Exists))
                _notices.Add($"{folder} has no effect yet: {key.WithoutEffect}. The folder may stay.");
        }
    }

    /// <summary>Looks for keys of providers that no file mentions. Call this when all files are read.</summary>
    public void LookAt(ProcessEnvironment environment)
    {
        foreach (var (variable, provider) in Credentials)
        {
            if (environment[variable] is null || _mentioned.Contains(variable))
                continue;
            _notices.Add(
                $"{variable} is set and nothing uses it: unlike OpenCode, Capstan offers only providers that a configuration file names. "
                + $"Add provider.{provider} with options.baseURL, options.apiKey \"{{env:{variable}}}\" and its models; "
                + "docs/configuration.md shows how.");
        }
    }

    private void Add(string text, string file, IReadOnlyList<string> place, string notice)
    {
        var line = ConfigPlaces.LineOf(text, place);
        _notices.Add($"{file}{(line is null ? "" : $":{line}")}: \"{string.Join('.', place)}\" {notice}");
    }

    private static IEnumerable<(string[] Place, ConfigKey Key)> WithoutEffect(JsonObject map, ObjectKind kind, string[] place)
    {
        foreach (var (name, value) in map)
        {
            string[] inner = [.. place, name];
            var key = kind[name];
            if (key is { WithoutEffect: not null })
            {
                if (AsksForSomething(value, key.Default))
                    yield return (inner, key);
            }
            else if (value is JsonObject below && (key?.Kind ?? kind.Others) is { } known)
            {
                foreach (var found in known.Objects.SelectMany(within => WithoutEffect(below, within, inner)))
                    yield return found;
            }
        }
    }

    /// <summary>
    /// Whether a value asks for something that does not happen. What is off, empty or the default asks for nothing.
    /// </summary>
    private static bool AsksForSomething(JsonNode? value, JsonNode? standard) => value switch
    {
        null => false,
        JsonObject map => map.Any(static member => AsksForSomething(member.Value, null)),
        JsonArray list => list.Count > 0,
        _ => value.GetValueKind() != JsonValueKind.False && value.AsText() != "disabled" && !JsonNode.DeepEquals(value, standard),
    };
}

using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;
using Capstan.Engine.Configuration.Trust;
using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration;

/// <summary>Reads one source of the configuration into a layer.</summary>
/// <param name="paths">The directories that Capstan uses.</param>
/// <param name="environment">The server's environment variables.</param>
/// <param name="stamps">Remembers the files that were read, and those that would have been read if they existed.</param>
/// <param name="values">Remembers the values behind references.</param>
/// <param name="notices">Collects what people should know of the files.</param>
/// <param name="directory">The workspace's directory, at which relative paths in environment variables start.</param>
internal sealed class ConfigReader(
    ConfigPaths paths, ProcessEnvironment environment, ConfigStamps stamps, ReferencedValues values, ConfigNotices notices, string directory)
{
    private const int MaxBytes = 4 << 20;

    /// <summary>Reads a source; null where it does not exist.</summary>
    /// <param name="source">The source.</param>
    /// <param name="limits">What the project's files may do; applied only to sources of the project.</param>
    /// <exception cref="ConfigException">The source cannot be used.</exception>
    public ConfigLayer? Read(ConfigSource source, ProjectLimits? limits)
    {
        var mine = source.Origin == ConfigOrigin.Project ? limits : null;
        return source.Kind switch
        {
            ConfigSourceKind.Agents => ReadAgents(source, mine),
            ConfigSourceKind.Variable => environment[source.Path] is { } text ? Parse(text, source, directory, mine) : null,
            _ => ReadText(source.Path, mine) is { } text ? Parse(text, source, Path.GetDirectoryName(source.Path)!, mine) : null,
        };
    }

    private ConfigLayer? ReadAgents(ConfigSource source, ProjectLimits? limits)
    {
        notices.LookAt(source.Path);
        var agents = MarkdownAgents.Read(source.Path, stamps, limits);
        if (agents.Count == 0)
            return null;
        var layer = new JsonObject { ["agent"] = agents };
        limits?.Apply(layer, source.Path);
        return new ConfigLayer(source.Origin, layer, (JsonObject)layer.DeepClone());
    }

    private string? ReadText(string file, ProjectLimits? limits)
    {
        stamps.Add(file);
        try
        {
            return File.Exists(file) && limits?.MayRead(file) != false ? RegularFile.ReadText(file, MaxBytes) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ConfigException.Invalid(file, $"cannot be read: {failure.Message}");
        }
    }

    private ConfigLayer Parse(string text, ConfigSource source, string relativeTo, ProjectLimits? limits)
    {
        var substituted = new ConfigSubstitution(paths, environment, stamps, values, limits).Apply(text, source.Path, relativeTo);
        var value = Jsonc.Parse(substituted, source.Path);
        var shown = ShownText.HasReferences(text) ? ShownLayer(text, source.Path) : (JsonObject)value.DeepClone();
        var issues = ConfigCheck.Of(value, ConfigDescription.Root, shown);
        if (issues.Count > 0)
            throw ConfigException.Invalid(source.Path, issues, substituted);
        notices.Look(text, source.Path, value);
        // A value that has the wrong type as long as its references are not replaced cannot be shown.
        foreach (var issue in ConfigCheck.Of(shown, ConfigDescription.Root))
            Remove(shown, issue.Path);
        // What the project may set is decided on its values with references
        // replaced, and what it may not set is removed from both results.
        limits?.Apply(value, source.Path);
        limits?.Strip(shown);
        Normalise(value);
        Normalise(shown);
        return new ConfigLayer(source.Origin, value, shown);
    }

    /// <summary>Reads the file with its references as they are written, for clients.</summary>
    private static JsonObject ShownLayer(string text, string file)
    {
        try
        {
            return Jsonc.Parse(ShownText.Of(text), file);
        }
        catch (ConfigException)
        {
            return [];
        }
    }

    /// <summary>Removes the value at a path, or the map that should hold the value where it is missing.</summary>
    private static void Remove(JsonObject shown, IReadOnlyList<string> path)
    {
        var (parent, at) = (shown, shown);
        var last = "";
        foreach (var key in path)
        {
            if (!at.ContainsKey(key))
                break;
            (parent, last) = (at, key);
            if (at[key] is not JsonObject inner)
                break;
            at = inner;
        }

        parent.Remove(last);
    }

    // Each layer is normalised before it is merged, so that a single action in one layer merges with a map of actions in another.
    private static void Normalise(JsonObject layer)
    {
        if (layer.ContainsKey("permission"))
            layer["permission"] = AgentSettings.ToMap(layer["permission"]);
        foreach (var key in new[] { "agent", "mode" })
        {
            foreach (var (_, agent) in layer.Map(key) ?? [])
                AgentSettings.Normalise((JsonObject)agent!);
        }
    }
}

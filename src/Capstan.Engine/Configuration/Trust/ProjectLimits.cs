using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Configuration.Trust;

/// <summary>
/// What the files of a project may do, since a repository's own <c>opencode.json</c> is code that somebody else wrote. Each power
/// that such a file uses and each that it is denied go into the report.
/// </summary>
internal sealed class ProjectLimits(ProjectTrust trust, ProjectFence fence, ProjectReport report)
{
    // Keys below "capstan" that decide how far projects are trusted, so no project may set them, not even a trusted one.
    private static readonly string[] NeverTheirs =
        [.. CapstanKeys.Kind.Keys.Where(static key => key.Origin == KeyOrigin.OutsideProjects).Select(static key => key.Name)];

    /// <summary>How far projects are trusted.</summary>
    public ProjectTrust Trust => trust;

    /// <summary>The directory that the project's files may not reach out of while projects are restricted.</summary>
    public ProjectFence Fence => fence;

    /// <summary>
    /// Whether a file of the project may be read. Where projects are restricted, this depends on where links lead.
    /// </summary>
    public bool MayRead(string file)
    {
        if (!trust.IsRestricted || fence.Contains(file))
            return true;
        report.Refuse($"{file} (it leads out of the project)");
        return false;
    }

    /// <summary>Whether a file of the project may refer to an environment variable.</summary>
    public bool MayReadVariable(string name, string file)
    {
        if (!trust.IsRestricted || trust.Variables.Contains(name))
        {
            report.Use($"{{env:{name}}} in {file}");
            return true;
        }

        report.Refuse($"{{env:{name}}} in {file} (not listed in capstan.env)");
        return false;
    }

    /// <summary>Whether a file of the project may refer to another file.</summary>
    public bool MayReadReferenced(string path, string reference, string file)
    {
        if (!trust.IsRestricted || fence.Contains(path))
        {
            report.Use($"{{file:{reference}}} in {file}");
            return true;
        }

        report.Refuse($"{{file:{reference}}} in {file} (it leads out of the project)");
        return false;
    }

    /// <summary>
    /// Removes from a layer what the project may not set, and reports the powers that the layer uses and is denied.
    /// </summary>
    public void Apply(JsonObject layer, string file)
    {
        foreach (var key in Forbidden(layer))
            report.Refuse($"{key} in {file} ({Reason(key)})");
        if (HeadersOf(layer).SelectMany(HostHeaders).Any())
            report.Refuse($"the header Host in {file} (it is the address's)");
        Strip(layer);
        foreach (var power in Powers(layer))
            report.Use($"{power} in {file}");
    }

    /// <summary>Removes from a layer what the project may not set, without a report.</summary>
    public void Strip(JsonObject layer)
    {
        foreach (var headers in HeadersOf(layer))
        {
            // Only the address may say which host gets a request: a Host header
            // could lead a key to another host behind the same address.
            foreach (var name in HostHeaders(headers).ToArray())
                headers.Remove(name);
        }

        foreach (var key in Forbidden(layer).ToArray())
        {
            if (key.StartsWith("capstan.", StringComparison.Ordinal))
                layer.Map("capstan")!.Remove(key["capstan.".Length..]);
            else if (key == "instructions")
                layer[key] = new JsonArray([.. layer.Texts(key)!.Where(static entry => !IsAddress(entry)).Select(static entry => (JsonNode)JsonValue.Create(entry))]);
            else
                layer.Remove(key);
        }
    }

    private IEnumerable<string> Forbidden(JsonObject layer)
    {
        if (!trust.IsRestricted)
            return NeverTheirs.Where(key => layer.Map("capstan")?.ContainsKey(key) == true).Select(static key => $"capstan.{key}");
        var addresses = layer.Texts("instructions")?.Any(IsAddress) == true ? ["instructions"] : Array.Empty<string>();
        return [.. ConfigDescription.OfTrustedProjects.Where(layer.ContainsKey), .. addresses];
    }

    private static IEnumerable<JsonObject> HeadersOf(JsonObject layer) => (layer.Map("provider") ?? [])
        .Select(static provider => provider.Value as JsonObject)
        .SelectMany(static provider => (provider.Map("models") ?? []).Select(static model => model.Value as JsonObject).Append(provider.Map("options")))
        .Select(static owner => owner.Map("headers"))
        .OfType<JsonObject>();

    private static IEnumerable<string> HostHeaders(JsonObject headers) =>
        headers.Select(static header => header.Key).Where(static name => name.Trim().Equals("Host", StringComparison.OrdinalIgnoreCase));

    private string Reason(string key) => key switch
    {
        "instructions" => "addresses are not fetched for a restricted project",
        _ when trust.IsRestricted => "projects are restricted",
        _ => "read outside projects only",
    };

    private static IEnumerable<string> Powers(JsonObject layer)
    {
        foreach (var key in ConfigDescription.OfTrustedProjects.Append("permission").Append("tools").Where(layer.ContainsKey))
            yield return key;
        foreach (var (name, agent) in layer.Map("agent") ?? [])
        {
            if (agent is JsonObject settings && (settings.Map("permission") is { Count: > 0 } || settings["permission"] is JsonValue || settings.Map("tools") is { Count: > 0 }))
                yield return $"agent.{name}.permission";
        }

        foreach (var (id, provider) in layer.Map("provider") ?? [])
        {
            if ((provider as JsonObject).Map("options").Text("baseURL") is not null || (provider as JsonObject).Text("api") is not null)
                yield return $"provider.{id}.options.baseURL";
            if ((provider as JsonObject).Texts("env") is { Count: > 0 } names)
                yield return $"provider.{id}.env ({string.Join(", ", names)})";
        }

        foreach (var entry in layer.Texts("instructions") ?? [])
        {
            if (IsAddress(entry) || Path.IsPathRooted(entry) || entry.StartsWith('~') || entry.Contains("..", StringComparison.Ordinal))
                yield return $"instructions ({entry})";
        }
    }

    private static bool IsAddress(string entry) =>
        entry.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || entry.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}

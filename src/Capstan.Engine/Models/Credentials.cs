using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Files;

namespace Capstan.Engine.Models;

/// <summary>The keys that users stored, by provider: <c>auth.json</c>, or <c>OPENCODE_AUTH_CONTENT</c> in its place.</summary>
internal sealed class Credentials
{
    private const int MaxBytes = 1 << 20;

    // The members that hold secrets: API keys, and what other programs store of accounts.
    private static readonly string[] Secrets = ["key", "access", "refresh", "token"];

    private readonly JsonObject _entries;

    private Credentials(JsonObject entries) => _entries = entries;

    /// <summary>
    /// Reads the keys. A file that cannot be read counts as empty: a broken file must not stop the models that need no key.
    /// </summary>
    public static Credentials Load(ConfigPaths paths, ProcessEnvironment environment)
    {
        const string Variable = "OPENCODE_AUTH_CONTENT";
        try
        {
            var text = environment[Variable] ?? (File.Exists(paths.AuthFile) ? RegularFile.ReadText(paths.AuthFile, MaxBytes) : "");
            return new Credentials(Jsonc.Parse(text, paths.AuthFile));
        }
        catch (Exception failure) when (failure is ConfigException or IOException or UnauthorizedAccessException)
        {
            return new Credentials([]);
        }
    }

    /// <summary>The key of a provider, where one of type <c>api</c> is stored.</summary>
    public string? ApiKey(string providerID) =>
        (_entries.Map(providerID) ?? _entries.Map(providerID + "/")) is { } entry && entry.Text("type") == "api"
            ? entry.Text("key")
            : null;

    /// <summary>All secrets of the file, each with the provider that it belongs to.</summary>
    public IEnumerable<(string ProviderID, string Value)> All => _entries.SelectMany(static entry =>
        Secrets.Select(name => (entry.Key.TrimEnd('/'), (entry.Value as JsonObject).Text(name))))
        .Where(static entry => entry.Item2 is { Length: > 0 })
        .Select(static entry => (entry.Item1, entry.Item2!));
}

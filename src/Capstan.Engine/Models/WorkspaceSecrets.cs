using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Models;

/// <summary>Collects the secrets that a workspace works with, so that they can be masked wherever they turn up.</summary>
internal static class WorkspaceSecrets
{
    /// <summary>
    /// Collects the keys and headers of providers and MCP servers, the values that references stood for, the keys that users
    /// stored, and the server's password.
    /// </summary>
    public static SecretValues Collect(WorkspaceConfig config, Credentials stored, ProcessEnvironment environment)
    {
        var values = new List<string>(config.ReferencedSecrets);
        foreach (var (_, node) in config.Providers)
        {
            if (node is not JsonObject provider)
                continue;
            values.AddRange(SecretTexts.OfProvider(provider).Where(static text => !Uri.TryCreate(text, UriKind.Absolute, out _)));
            values.AddRange(SecretTexts.HeadersOf(provider));
            values.AddRange((provider.Texts("env") ?? []).Select(name => environment[name]).OfType<string>());
        }

        foreach (var (_, server) in config.Mcp)
        {
            foreach (var handed in new[] { "headers", "environment" })
                values.AddRange(JsonTexts.Of((server as JsonObject).Map(handed)));
        }

        values.AddRange(stored.All.Select(static entry => entry.Value));
        values.AddRange(ServerSecrets.Of(environment).Select(static secret => secret.Value));
        // The value of a header may be a scheme and a key; a provider repeats the key alone.
        values.AddRange(values.Select(static value => value.Split(' ', 2)).Where(static words => words.Length == 2 && !words[1].Contains(' ', StringComparison.Ordinal)).Select(static words => words[1]).ToArray());
        return new SecretValues(values);
    }
}

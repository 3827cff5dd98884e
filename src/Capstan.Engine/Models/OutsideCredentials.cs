using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Models;

/// <summary>
/// The credentials that were configured outside the project, each with the addresses that were configured beside it: a project that
/// sets nothing but a base address must not get the user's key.
/// </summary>
/// <remarks>
/// Credentials are told by their values, wherever the project's files have put them: another header, another provider, the address
/// itself. What the project's files say in so many words is no secret from them.
/// </remarks>
internal sealed class OutsideCredentials
{
    // Shorter ones are looked for as a whole only: they turn up within other texts by chance.
    private const int ShortestPart = 8;

    private const string ServerPassword = "OPENCODE_SERVER_PASSWORD";

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, HashSet<string>> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _headers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _writtenByProject;

    private OutsideCredentials(IReadOnlySet<string> writtenByProject) => _writtenByProject = writtenByProject;

    /// <summary>Collects them.</summary>
    public static OutsideCredentials Collect(WorkspaceConfig config, Credentials stored, ProcessEnvironment environment)
    {
        var credentials = new OutsideCredentials(config.WrittenByProject);
        var outside = config.Outside.Map("provider") ?? [];
        foreach (var (id, node) in outside)
        {
            if (node is not JsonObject provider)
                continue;
            foreach (var address in ProviderAddress.All(provider))
            {
                credentials._written.Add(address);
                credentials.AddressesOf(id).Add(ProviderAddress.Expand(address, name => environment[name]));
            }

            foreach (var value in SecretTexts.OfProvider(provider))
                credentials.Add(id, value);
            // Some of these hold a region or a file's name, which turn up in texts.
            foreach (var name in provider.Texts("env") ?? [])
            {
                if (environment[name] is { } value)
                    credentials.Add(id, value, isSecret: SecretNames.IsSecret(name));
            }

            credentials._headers[id] = [.. SecretTexts.HeadersOf(provider)];
        }

        foreach (var (id, value) in stored.All)
            credentials.Add(id, value);
        // These are no provider's: there is no address that they may go to.
        foreach (var (id, server) in config.Outside.Map("mcp") ?? [])
        {
            foreach (var value in JsonTexts.Of((server as JsonObject).Map("headers")))
                credentials.Add($"mcp.{id}", value);
            foreach (var (name, value) in (server as JsonObject).Map("environment") ?? [])
            {
                if (SecretNames.IsSecret(name) && value.AsText() is { } text)
                    credentials.Add($"mcp.{id}", text);
            }
        }

        if (environment["OPENCODE_SERVER_PASSWORD"] is { Length: > 0 } password)
            credentials.Add(ServerPassword, password);
        return credentials;
    }

    /// <summary>Whether an address stands outside the project just as it is written, before its variables are filled in.</summary>
    public bool IsWritten(string address) => _written.Contains(address);

    /// <summary>The headers that may go to an address: those from outside the project only to those from outside the project.</summary>
    public IReadOnlyDictionary<string, string> HeadersFor(string providerID, string address, IReadOnlyDictionary<string, string> headers) =>
        AddressesOf(providerID).Contains(address) || !_headers.TryGetValue(providerID, out var outside)
            ? headers
            : headers.Where(header => !outside.Contains(header.Value) || _writtenByProject.Contains(header.Value))
                .ToDictionary(static header => header.Key, static header => header.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>The provider whose credential is about to go to an address that is not its own; null where none is.</summary>
    /// <param name="address">The address that is called.</param>
    /// <param name="sent">All texts that are sent with the call because the configuration says so, the address among them.</param>
    public string? Misdirected(string address, IEnumerable<string> sent)
    {
        foreach (var text in sent)
        {
            if (_writtenByProject.Contains(text))
                continue;
            var owners = _entries.Where(entry => entry.IsIn(text)).ToList();
            if (owners.Count > 0 && !owners.Exists(entry => entry.Addresses.Contains(address)))
                return owners[0].ProviderID;
        }

        return null;
    }

    /// <summary>A text of the configuration without the credentials that may not go to an address.</summary>
    /// <param name="address">The address that is called; null where it is none of a provider.</param>
    /// <param name="text">The text.</param>
    public string Withhold(string? address, string text)
    {
        foreach (var entry in _entries)
        {
            if (entry is { IsPart: true, IsSecret: true } && (address is null || !entry.Addresses.Contains(address)) && !_writtenByProject.Contains(entry.Value))
                text = text.Replace(entry.Value, SecretShapes.Mask, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>Options without them, in names and values.</summary>
    /// <inheritdoc cref="Withhold(string, string)"/>
    public JsonNode? Withhold(string? address, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var members = new JsonObject();
                foreach (var (name, value) in map)
                    members[Withhold(address, name)] = Withhold(address, value);
                return members;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Withhold(address, item))]);
            default:
                return node.AsText() is { } text ? JsonValue.Create(Withhold(address, text)) : node?.DeepClone();
        }
    }

    private void Add(string providerID, string value, bool isSecret = true)
    {
        _entries.Add(new Entry(providerID, value, isSecret, AddressesOf(providerID)));
        // A header's value is the scheme and the key; the key alone is as good.
        if (value.Split(' ') is [_, { Length: > 0 } key])
            _entries.Add(new Entry(providerID, key, isSecret, AddressesOf(providerID)));
    }

    private HashSet<string> AddressesOf(string providerID)
    {
        if (!_addresses.TryGetValue(providerID, out var addresses))
            _addresses[providerID] = addresses = new HashSet<string>(StringComparer.Ordinal);
        return addresses;
    }

    private sealed record Entry(string ProviderID, string Value, bool IsSecret, HashSet<string> Addresses)
    {
        public bool IsPart => Value.Length >= ShortestPart;

        public bool IsIn(string text) => text == Value || (IsPart && text.Contains(Value, StringComparison.Ordinal));
    }
}

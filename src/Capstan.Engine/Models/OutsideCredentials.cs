using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Models;

/// <summary>
/// The credentials that were configured outside the project, each with the addresses that were configured there for the same
/// provider: a project that sets nothing but a base address must not get the user's key.
/// </summary>
/// <remarks>
/// A credential is recognised by its value, wherever the project's files have put it: in another header, in another provider, in
/// the address itself. A value that stands in plain words in the project's files is no secret from the project.
/// </remarks>
internal sealed class OutsideCredentials
{
    // A credential that is shorter than this is recognised only where it is the whole text: within longer texts it turns up by
    // chance.
    private const int ShortestPart = 8;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, HashSet<string>> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _headers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly IReadOnlySet<string> _writtenByProject;

    private OutsideCredentials(IReadOnlySet<string> writtenByProject) => _writtenByProject = writtenByProject;

    /// <summary>
    /// Collects the credentials that were configured outside the project, that users stored, and that the environment holds.
    /// </summary>
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
            // Some of these variables hold a region or the name of a file, which turn up in ordinary texts: they are not masked
            // there.
            foreach (var name in provider.Texts("env") ?? [])
            {
                if (environment[name] is { } value)
                    credentials.Add(id, value, isSecret: SecretNames.IsSecret(name));
            }

            credentials._headers[id] = [.. SecretTexts.HeadersOf(provider)];
        }

        foreach (var (id, value) in stored.All)
            credentials.Add(id, value);
        // The credentials of MCP servers and the server's password belong to no provider: there is no address that they may go
        // to.
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

        foreach (var (name, value) in ServerSecrets.Of(environment))
            credentials.Add(name, value);
        return credentials;
    }

    /// <summary>
    /// Whether an address was configured outside the project just as it is written, before its variables are filled in.
    /// </summary>
    public bool IsWritten(string address) => _written.Contains(address);

    /// <summary>
    /// The headers that may go to an address. A header that was configured outside the project goes only to an address that was
    /// configured there for the same provider, unless the project's files hold the header's value themselves.
    /// </summary>
    public IReadOnlyDictionary<string, string> HeadersFor(string providerID, string address, IReadOnlyDictionary<string, string> headers) =>
        AddressesOf(providerID).Contains(address) || !_headers.TryGetValue(providerID, out var outside)
            ? headers
            : headers.Where(header => !outside.Contains(header.Value) || _writtenByProject.Contains(header.Value))
                .ToDictionary(static header => header.Key, static header => header.Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The provider whose credential would go to an address that is not one of that provider's; null where there is none.
    /// </summary>
    /// <param name="address">The address that is called.</param>
    /// <param name="sent">
    /// All texts that are sent with the call because the configuration says so, the address among them.
    /// </param>
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

    /// <summary>A text of the configuration with the credentials masked that may not go to an address.</summary>
    /// <param name="address">
    /// The address that is called; null where the text goes to no provider, so that all credentials are masked.
    /// </param>
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

    /// <summary>Options with these credentials masked, in names and values.</summary>
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
        // The value of a header may be a scheme and a key. The key alone is worth as much, so it is an entry of its own.
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

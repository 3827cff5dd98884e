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

            foreach (var value in SecretTexts.OfProvider(provider).Concat((provider.Texts("env") ?? []).Select(name => environment[name]).OfType<string>()))
                credentials.Add(id, value);
            credentials._headers[id] = [.. SecretTexts.HeadersOf(provider)];
        }

        foreach (var (id, value) in stored.All)
            credentials.Add(id, value);
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
            if (entry.IsPart && (address is null || !entry.Addresses.Contains(address)) && !_writtenByProject.Contains(entry.Value))
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

    private void Add(string providerID, string value) => _entries.Add(new Entry(providerID, value, AddressesOf(providerID)));

    private HashSet<string> AddressesOf(string providerID)
    {
        if (!_addresses.TryGetValue(providerID, out var addresses))
            _addresses[providerID] = addresses = new HashSet<string>(StringComparer.Ordinal);
        return addresses;
    }

    private sealed record Entry(string ProviderID, string Value, HashSet<string> Addresses)
    {
        public bool IsPart => Value.Length >= ShortestPart;

        public bool IsIn(string text) => text == Value || (IsPart && text.Contains(Value, StringComparison.Ordinal));
    }
}

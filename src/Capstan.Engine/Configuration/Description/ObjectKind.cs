using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>An object.</summary>
/// <param name="Keys">The keys that are known.</param>
internal sealed record ObjectKind(IReadOnlyList<ConfigKey> Keys) : KeyKind("an object")
{
    /// <summary>
    /// What is expected under names that are not among the keys, which people choose, such as an agent's; null where such a value
    /// is not checked.
    /// </summary>
    public KeyKind? Others { get; init; }

    /// <summary>Whether a key that is not known is an error.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The key of a name; null where the name is not known.</summary>
    public ConfigKey? this[string name] => Keys.FirstOrDefault(key => key.Name == name);

    /// <inheritdoc/>
    public override IEnumerable<ObjectKind> Objects => [this];

    /// <summary>The keys of this object and of all objects within it.</summary>
    public IEnumerable<ConfigKey> AllKeys => Keys
        .SelectMany(static key => key.Kind.Objects.SelectMany(static inner => inner.AllKeys).Prepend(key))
        .Concat(Others?.Objects.SelectMany(static inner => inner.AllKeys) ?? []);

    /// <inheritdoc/>
    public override bool Fits(JsonNode value) => value is JsonObject;
}

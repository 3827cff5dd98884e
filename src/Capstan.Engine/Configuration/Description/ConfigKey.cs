using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Description;

/// <summary>
/// One key of the configuration, and all that is to be known of it: checks, messages, merging, trust, redaction and the tables
/// of <c>docs/configuration.md</c> come from here.
/// </summary>
/// <param name="Name">The name, as it is written in a file.</param>
/// <param name="Kind">What the value may be.</param>
/// <param name="Text">What the key is for, in the words of the documentation's table.</param>
internal sealed record ConfigKey(string Name, KeyKind Kind, string Text)
{
    /// <summary>The value that counts where none is written; null where there is no such value.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Whether the object that the key belongs to needs the key.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether null may be written, which takes back what a weaker file says.</summary>
    public bool MayBeNull { get; init; }

    /// <summary>Whether lists of several files add up. All other lists are replaced, and objects are merged key by key.</summary>
    public bool AddsUp { get; init; }

    /// <summary>Whose files may set the key.</summary>
    public KeyOrigin Origin { get; init; }

    /// <summary>
    /// Whether the texts of this map are passed on as they are. Nobody can tell which of them are secret, so clients are shown
    /// none of them.
    /// </summary>
    public bool IsPassedOn { get; init; }

    /// <summary>Whether the answer to <c>GET /config</c> has the key, which is so for the keys of OpenCode's schema.</summary>
    public bool IsShown { get; init; } = true;

    /// <summary>Why the key has no effect, and what to do instead; null where it has an effect, or nobody expects one.</summary>
    public string? WithoutEffect { get; init; }

    /// <summary>Whether the key is read once, from the configuration of the directory that the server starts in.</summary>
    public bool IsReadAtStart { get; init; }

    /// <summary>Whether the key is for another program, such as an editor or the terminal UI.</summary>
    public bool IsForOthers { get; init; }

    /// <summary>Folders beside a configuration file whose definitions have the purpose of this key.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Whether people choose the names below this key, so that a name there says nothing about its value.</summary>
    public bool IsNamedByPeople => !IsPassedOn && Kind.Objects.Any(static map => map.Others is not null);
}

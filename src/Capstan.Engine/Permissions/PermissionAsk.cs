using System.Text.Json.Nodes;

namespace Capstan.Engine.Permissions;

/// <summary>What a tool call wants to do.</summary>
/// <param name="Permission">The permission, such as <c>bash</c> or <c>external_directory</c>.</param>
/// <param name="Patterns">What it is asked for; all must be granted.</param>
/// <param name="Always">The patterns that an answer of "always" grants.</param>
/// <param name="Metadata">What a person needs to see to decide.</param>
public sealed record PermissionAsk(
    string Permission,
    IReadOnlyList<string> Patterns,
    IReadOnlyList<string> Always,
    JsonObject Metadata)
{
    private readonly IReadOnlyList<PermissionSubject>? _subjects;

    /// <summary>What rules are matched with; the patterns themselves where nothing else is said.</summary>
    public IReadOnlyList<PermissionSubject> Subjects
    {
        get => _subjects ?? [.. Patterns.Select(static pattern => new PermissionSubject(pattern))];
        init => _subjects = value;
    }

    /// <summary>
    /// What was not understood of the call, so that it is asked for as a whole; null where all was. A refused model is told.
    /// </summary>
    public string? NotUnderstood { get; init; }
}

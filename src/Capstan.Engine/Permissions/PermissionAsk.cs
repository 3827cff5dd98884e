using System.Text.Json.Nodes;

namespace Capstan.Engine.Permissions;

/// <summary>What a tool call asks a permission for.</summary>
/// <param name="Permission">The permission, such as <c>bash</c> or <c>external_directory</c>.</param>
/// <param name="Patterns">What the permission is asked for, such as commands or paths; all must be granted.</param>
/// <param name="Always">The patterns that an answer of "always" grants.</param>
/// <param name="Metadata">What a person needs to see to decide.</param>
public sealed record PermissionAsk(
    string Permission,
    IReadOnlyList<string> Patterns,
    IReadOnlyList<string> Always,
    JsonObject Metadata)
{
    private readonly IReadOnlyList<PermissionSubject>? _subjects;

    /// <summary>What rules are matched with; by default the patterns themselves.</summary>
    public IReadOnlyList<PermissionSubject> Subjects
    {
        get => _subjects ?? [.. Patterns.Select(static pattern => new PermissionSubject(pattern))];
        init => _subjects = value;
    }

    /// <summary>
    /// What the model is told where the call is denied, in place of the usual words; null, which is the default, for these. The rules
    /// are told besides.
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// The construct of the call that was not understood, because of which the call is asked for as a whole; null where
    /// everything was understood. A model whose call is refused is told this construct.
    /// </summary>
    public string? NotUnderstood { get; init; }
}

namespace Capstan.Contract;

/// <summary>
/// What happens to permission requests that a person would have to answer, for servers without one. Capstan's own; set per session,
/// per agent or for the server.
/// </summary>
/// <param name="Mode">Ask, or answer at once with allow or deny.</param>
public sealed record PermissionPolicy(PermissionAction Mode)
{
    /// <summary>With ask: how long to wait for an answer, in milliseconds; for ever where absent.</summary>
    public long? Deadline { get; init; }

    /// <summary>With a deadline: the answer when it has passed, allow or deny; default deny.</summary>
    public PermissionAction? Answer { get; init; }

    /// <summary>Ask, and wait for ever: what OpenCode does.</summary>
    public static PermissionPolicy Ask { get; } = new(PermissionAction.Ask);

    /// <summary>Why the policy contradicts itself, or null.</summary>
    public string? Problem => Deadline is <= 0 ? "the deadline must be more than 0 milliseconds"
        : Answer is PermissionAction.Ask ? "the answer at the deadline must be allow or deny"
        : Answer is not null && Deadline is null ? "an answer needs a deadline"
        : null;
}

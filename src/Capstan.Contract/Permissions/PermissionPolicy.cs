namespace Capstan.Contract;

/// <summary>
/// What happens to permission requests that a person would have to answer, for servers that nobody attends. Capstan's own; set
/// for a session, for an agent or for the server.
/// </summary>
/// <param name="Mode">Ask, or answer at once with allow or deny.</param>
public sealed record PermissionPolicy(PermissionAction Mode)
{
    /// <summary>With ask: how long a request may stay without an answer, in milliseconds; for ever where absent.</summary>
    public long? Deadline { get; init; }

    /// <summary>With a deadline: the answer that is given at the deadline, allow or deny; default deny.</summary>
    public PermissionAction? Answer { get; init; }

    /// <summary>The policy of OpenCode: ask, without a deadline.</summary>
    public static PermissionPolicy Ask { get; } = new(PermissionAction.Ask);

    /// <summary>Why the policy contradicts itself, in words; null where it does not.</summary>
    public string? Problem => Deadline is <= 0 ? "the deadline must be more than 0 milliseconds"
        : Answer is PermissionAction.Ask ? "the answer at the deadline must be allow or deny"
        : Answer is not null && Deadline is null ? "an answer needs a deadline"
        : null;
}

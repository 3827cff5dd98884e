namespace Capstan.Engine.Storage;

/// <summary>
/// Who may write a session's turn. A turn takes the lease when it begins and gives it back when it ends, and each of its writes is
/// checked against it, so that a turn that was taken over cannot write any more.
/// </summary>
/// <param name="Owner">The process that holds the lease, by the <see cref="IStore.Epoch"/> of its ownership; null where it is free.</param>
/// <param name="Epoch">Grows each time that the lease is taken; 0 for a session that has had no turn.</param>
public sealed record SessionLease(long? Owner, long Epoch)
{
    /// <summary>The lease of a session that has had no turn.</summary>
    public static SessionLease Free { get; } = new(null, 0);

    /// <summary>This lease, taken by a process.</summary>
    public SessionLease TakenBy(long owner) => new(owner, Epoch + 1);

    /// <summary>This lease, given back.</summary>
    public SessionLease Released() => this with { Owner = null };
}

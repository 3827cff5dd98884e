namespace Capstan.Engine.Storage;

/// <summary>
/// One ordered writer of a store, with its own numbers for events. Only the journal uses it, from one thread, one transaction at a
/// time. What it remembers between transactions is its own affair.
/// </summary>
public interface IStoreLane
{
    /// <summary>The upkeep that the lane needs in a quiet moment.</summary>
    StoreUpkeep Upkeep { get; }

    /// <summary>
    /// Does one short step of <see cref="Upkeep"/>, or the rewrite. Only the journal calls this, from its thread, between writes.
    /// </summary>
    void RunUpkeep();

    /// <summary>Begins a write.</summary>
    /// <param name="sessions">
    /// The sessions that the write names, each at least once. A store whose reads are slow reads their rows at once.
    /// </param>
    /// <exception cref="StoreFencedException">A later owner has taken the store over.</exception>
    IStoreTransaction Begin(IReadOnlyList<string> sessions);
}

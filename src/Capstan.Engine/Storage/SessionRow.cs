using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A session as it is stored, with the counters of what belongs to it.</summary>
/// <param name="Info">The session as clients see it.</param>
/// <param name="Status">What the session is doing.</param>
/// <param name="EventCount">
/// How many events the session has had; also the number of its next event, as numbers start at 0.
/// </param>
public sealed record SessionRow(SessionInfo Info, SessionStatus Status, long EventCount)
{
    /// <summary>The last place that was given to a message of the session, in its history or in its context; 0 before the first.</summary>
    public long Position { get; init; }

    /// <summary>Who may write the session's turn.</summary>
    public SessionLease Lease { get; init; } = SessionLease.Free;
}

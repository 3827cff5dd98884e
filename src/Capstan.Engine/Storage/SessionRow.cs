using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A session as it is stored.</summary>
/// <param name="Info">The session as clients see it.</param>
/// <param name="Status">What the session is doing.</param>
/// <param name="EventCount">
/// How many events the session has had; also the number of its next event, as numbers start at 0.
/// </param>
public sealed record SessionRow(SessionInfo Info, SessionStatus Status, long EventCount);

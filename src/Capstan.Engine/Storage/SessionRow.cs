using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A session as it is stored.</summary>
/// <param name="Info">What clients see.</param>
/// <param name="Status">What it is doing.</param>
/// <param name="EventCount">How many events it has had; the next one's number within the session.</param>
public sealed record SessionRow(SessionInfo Info, SessionStatus Status, long EventCount);

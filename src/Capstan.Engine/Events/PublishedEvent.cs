using System.Buffers;

namespace Capstan.Engine.Events;

/// <summary>An event on its way to readers.</summary>
/// <param name="Sequence">The event's number in its lane (see <see cref="EventCursor"/>); 0 for a live event.</param>
/// <param name="SessionID">The session that the event is about, if there is one.</param>
/// <param name="SessionSequence">The event's number within its session, from 0 and without gaps; -1 for a live event.</param>
/// <param name="Directory">The directory of the workspace that the event happened in.</param>
/// <param name="ProjectID">The project of that workspace.</param>
/// <param name="ID">The event's identifier, <c>evt_…</c>.</param>
/// <param name="Type">One of <see cref="Contract.EventType"/>.</param>
/// <param name="Json">The event as clients read it: <c>{"id","type","properties"}</c>. All readers share its bytes.</param>
public sealed record PublishedEvent(
    long Sequence,
    string? SessionID,
    long SessionSequence,
    string Directory,
    string ProjectID,
    string ID,
    string Type,
    ReadOnlySequence<byte> Json)
{
    /// <summary>The lane of the journal that wrote the event, from 0.</summary>
    public int Lane { get; init; }

    /// <summary>Whether the event is stored and can be replayed.</summary>
    public bool IsDurable => Sequence > 0;
}

using System.Buffers;

namespace Capstan.Engine.Events;

/// <summary>An event on its way to readers.</summary>
/// <param name="Sequence">Its place among all durable events of the store; 0 for what is live only.</param>
/// <param name="SessionID">The session that it is about, if one.</param>
/// <param name="SessionSequence">Its number within the session, from 0 and without gaps; -1 for what is live only.</param>
/// <param name="Directory">The workspace that it happened in.</param>
/// <param name="ProjectID">The project of that workspace.</param>
/// <param name="ID">Its identifier, <c>evt_…</c>.</param>
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
    /// <summary>Whether it is stored and can be replayed.</summary>
    public bool IsDurable => Sequence > 0;
}

using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>Work that was admitted and whose turn has not ended, such as a prompt.</summary>
/// <param name="SessionID">The work's session.</param>
/// <param name="ID">The work's identifier; that of a prompt is its user message's.</param>
/// <param name="Kind">What kind of work it is, which says who carries it out: one of <see cref="WorkKind"/>.</param>
/// <param name="Position">The work's place in the order of admission.</param>
/// <param name="Delivery">When a turn may take the work up.</param>
public sealed record WorkRow(string SessionID, string ID, string Kind, long Position, Delivery Delivery)
{
    /// <summary>What the work's kind has to know of it, as JSON; null where the identifier says all.</summary>
    public ReadOnlyMemory<byte>? Payload { get; init; }

    /// <summary>The turn that took the work up; null while it waits in the inbox.</summary>
    public string? TurnID { get; init; }

    /// <summary>How often that turn was taken up again after its process had died.</summary>
    public int Resumptions { get; init; }
}

using Capstan.Contract;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Admission;

/// <summary>What identifies work that a client sent.</summary>
/// <param name="SessionID">The session that the work was sent to.</param>
/// <param name="ID">The work's identifier, which is that of its user message.</param>
/// <param name="Kind">One of <see cref="WorkKind"/>; null for an injection, whose message stands in the history and starts no turn.</param>
/// <param name="Fingerprint">
/// What the request says; null where the client chose no identifier, so that the work is never a repetition.
/// </param>
/// <param name="Delivery">When a turn may take the work up.</param>
internal sealed record SentWork(string SessionID, string ID, string? Kind, string? Fingerprint, Delivery Delivery = Delivery.Steer);

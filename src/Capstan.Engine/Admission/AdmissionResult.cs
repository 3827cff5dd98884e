using Capstan.Engine.Storage;
using Capstan.Engine.Turns;

namespace Capstan.Engine.Admission;

/// <summary>What became of a prompt at the gate.</summary>
public abstract record AdmissionResult
{
    /// <summary>The prompt was accepted and is durable.</summary>
    /// <param name="MessageID">The user message.</param>
    /// <param name="TurnEnded">
    /// Completes when the turn that answers the prompt has ended; null for an injection, which starts no turn.
    /// </param>
    public sealed record Accepted(string MessageID, Task<TurnResult>? TurnEnded) : AdmissionResult
    {
        /// <summary>The message of an injection, as it was stored just now; null for a prompt, and for what was accepted before.</summary>
        public MessageRow? Injected { get; init; }
    }

    /// <summary>The prompt was refused, and nothing of it was stored.</summary>
    /// <param name="Refusal">Why the prompt was refused.</param>
    public sealed record Refused(Refusal Refusal) : AdmissionResult;
}

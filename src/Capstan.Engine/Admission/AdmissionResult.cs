using Capstan.Engine.Turns;

namespace Capstan.Engine.Admission;

/// <summary>What became of a prompt at the gate.</summary>
public abstract record AdmissionResult
{
    /// <summary>It is durable.</summary>
    /// <param name="MessageID">The user message.</param>
    /// <param name="TurnEnded">Ends with the turn that answers it; null for an injection, which starts none.</param>
    public sealed record Accepted(string MessageID, Task<TurnResult>? TurnEnded) : AdmissionResult;

    /// <summary>Nothing was stored.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(Refusal Refusal) : AdmissionResult;
}

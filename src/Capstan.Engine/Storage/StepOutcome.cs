namespace Capstan.Engine.Storage;

/// <summary>
/// How a step ended, which decides whether its turn goes on. Stored by number with the step's message, so that a turn that is taken
/// up after a crash goes on from what was decided and not from a guess; the numbers never change.
/// </summary>
public enum StepOutcome
{
    /// <summary>Tools were called; the model is to see their results. Or the process died in the middle: the turn goes on.</summary>
    Continue = 0,

    /// <summary>The model is done.</summary>
    Stop = 1,

    /// <summary>A person refused a tool call without saying what to do instead.</summary>
    Rejected = 2,

    /// <summary>The model call failed for good.</summary>
    Failed = 3,

    /// <summary>Somebody aborted the turn.</summary>
    Aborted = 4,
}

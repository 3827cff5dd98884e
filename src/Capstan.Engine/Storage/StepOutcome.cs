namespace Capstan.Engine.Storage;

/// <summary>
/// How a step ended, which decides whether its turn goes on. The outcome is stored by number with the step's message, so that a
/// turn that is resumed after a crash goes on from what was decided and not from a guess. The numbers must never change.
/// </summary>
public enum StepOutcome
{
    /// <summary>
    /// Tools were called and the model is to see their results, or the process died during the step: the turn goes on.
    /// </summary>
    Continue = 0,

    /// <summary>The model has finished its answer.</summary>
    Stop = 1,

    /// <summary>A person refused a tool call without saying what to do instead.</summary>
    Rejected = 2,

    /// <summary>The model call failed, and is not tried again.</summary>
    Failed = 3,

    /// <summary>Somebody aborted the turn.</summary>
    Aborted = 4,
}

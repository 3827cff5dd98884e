namespace Capstan.Engine.Sessions;

/// <summary>How a step ended.</summary>
internal enum StepOutcome
{
    /// <summary>Tools were called; the model is to see their results.</summary>
    Continue,

    /// <summary>The model is done.</summary>
    Stop,

    /// <summary>A person refused a tool call without saying what to do instead.</summary>
    Rejected,

    /// <summary>The model call failed for good.</summary>
    Failed,

    /// <summary>Somebody aborted the turn.</summary>
    Aborted,
}

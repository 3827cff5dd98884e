namespace Capstan.Testing.Captures;

/// <summary>
/// What a comparison overlooks. OpenCode runs some work beside the turn, so the position of its events varies from run to
/// run; each such freedom has its own rule here, and nothing is overlooked that is not named.
/// </summary>
[Flags]
public enum EventRules
{
    /// <summary>Every event, in its exact place.</summary>
    None = 0,

    /// <summary>Drops <c>session.updated</c>: title, summary and cost come from parallel tasks.</summary>
    IgnoreSessionUpdated = 1,

    /// <summary>Drops <c>session.diff</c>: it comes from the parallel summary.</summary>
    IgnoreSessionDiff = 2,

    /// <summary>Drops <c>message.updated</c> of a user message with <c>summary</c>: likewise.</summary>
    IgnoreUserSummary = 4,

    /// <summary>Drops events of no session: connection, heartbeat, watcher, plugins, catalogue, integrations, references.</summary>
    IgnoreNoise = 8,

    /// <summary>Drops <c>session.created</c> of root sessions: the test made them itself, before or while listening.</summary>
    IgnoreRootCreated = 16,

    /// <summary>Keeps one of several <c>session.status busy</c> in a row.</summary>
    CollapseBusy = 32,

    /// <summary>Keeps the first of several <c>running</c> states of one tool part: output may arrive in any number of pieces.</summary>
    CollapseRunning = 64,

    /// <summary>Joins the deltas of a part that follow each other: chunking is the provider's and the network's affair.</summary>
    JoinDeltas = 128,

    /// <summary>
    /// Compares the events of each part among themselves, and all the others among themselves: parallel tools interleave
    /// freely, a text may end after a tool has started, and a permission may be asked before its part is running.
    /// </summary>
    PartsInParallel = 256,

    /// <summary>The freedoms that the reference's conformance list allows.</summary>
    Conformance = IgnoreSessionUpdated | IgnoreSessionDiff | IgnoreUserSummary | IgnoreNoise | IgnoreRootCreated | CollapseBusy,

    /// <summary>All freedoms: for turns with parallel tools or with tools that report progress.</summary>
    Tolerant = Conformance | CollapseRunning | JoinDeltas | PartsInParallel,
}

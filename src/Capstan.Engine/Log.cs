using Microsoft.Extensions.Logging;

namespace Capstan.Engine;

/// <summary>Everything that the engine logs.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "A group of {Count} writes failed; each is tried alone.")]
    public static partial void JournalGroupFailed(ILogger logger, Exception exception, int count);

    [LoggerMessage(101, LogLevel.Error, "A write to the store failed.")]
    public static partial void JournalWriteFailed(ILogger logger, Exception exception);

    [LoggerMessage(102, LogLevel.Information, "The database is rewritten, once, so that it can give space back from now on. Prompts that come meanwhile wait.")]
    public static partial void StoreRewriting(ILogger logger);

    [LoggerMessage(103, LogLevel.Information, "The database was rewritten in {Seconds:F1} s.")]
    public static partial void StoreRewritten(ILogger logger, double seconds);

    [LoggerMessage(104, LogLevel.Warning, "Deleted events could not be erased, or free space not be given back; it is tried again later.")]
    public static partial void UpkeepFailed(ILogger logger, Exception exception);

    [LoggerMessage(110, LogLevel.Error, "A turn of session {SessionID} failed in the engine.")]
    public static partial void TurnFailed(ILogger logger, Exception exception, string sessionID);

    [LoggerMessage(116, LogLevel.Error, "The work of session {SessionID} failed in the engine ({Failures} in a row); it is tried again at {Next:O} or sooner.")]
    public static partial void LookFailed(ILogger logger, Exception exception, string sessionID, int failures, DateTimeOffset next);

    [LoggerMessage(115, LogLevel.Information, "A turn of session {SessionID} was left for the next start ({Reason}).")]
    public static partial void TurnLeft(ILogger logger, string sessionID, string reason);

    [LoggerMessage(165, LogLevel.Warning, "The turn of session {SessionID} was taken over; nothing that it wrote since is kept.")]
    public static partial void TurnTakenOver(ILogger logger, string sessionID);

    [LoggerMessage(111, LogLevel.Warning, "The model call of session {SessionID} failed (attempt {Attempt}): {Reason}")]
    public static partial void ModelCallFailed(ILogger logger, string sessionID, int attempt, string reason);

    [LoggerMessage(159, LogLevel.Information, "Session {SessionID} waits until {Next:O} to ask its model again.")]
    public static partial void WaitsToRetry(ILogger logger, string sessionID, DateTimeOffset next);

    [LoggerMessage(112, LogLevel.Information, "Session {SessionID} was left open by a process that died; it was closed and goes on.")]
    public static partial void SessionRecovered(ILogger logger, string sessionID);

    [LoggerMessage(122, LogLevel.Information, "{Count} processes of tool calls had outlived their server; they were ended.")]
    public static partial void OrphansEnded(ILogger logger, int count);

    [LoggerMessage(123, LogLevel.Error, "Session {SessionID} has a row that cannot be read and stays as it is; its work is tried again from time to time.")]
    public static partial void SessionUnreadable(ILogger logger, Exception exception, string sessionID);

    [LoggerMessage(113, LogLevel.Debug, "No title for session {SessionID}: {Reason}")]
    public static partial void NoTitle(ILogger logger, string sessionID, string reason);

    [LoggerMessage(114, LogLevel.Error, "Tool {Tool} of session {SessionID} failed unexpectedly.")]
    public static partial void ToolFailed(ILogger logger, Exception exception, string tool, string sessionID);

    [LoggerMessage(130, LogLevel.Information, "The project's own configuration of {Directory} uses: {Used}.")]
    public static partial void ProjectPowers(ILogger logger, string directory, string used);

    [LoggerMessage(131, LogLevel.Warning, "The project's own configuration of {Directory} uses: {Used}. Not applied: {Refused}.")]
    public static partial void ProjectLimited(ILogger logger, string directory, string used, string refused);

    [LoggerMessage(120, LogLevel.Warning, "No snapshot of {Directory}.")]
    public static partial void NoSnapshot(ILogger logger, Exception exception, string directory);

    [LoggerMessage(161, LogLevel.Information, "{Count} texts of tool outputs were deleted (capstan.retention).")]
    public static partial void OutputsDeleted(ILogger logger, int count);

    [LoggerMessage(162, LogLevel.Information, "The snapshots in {Directory} were deleted: nothing was done in their worktree for as long as capstan.retention says.")]
    public static partial void SnapshotsDeleted(ILogger logger, string directory);

    [LoggerMessage(163, LogLevel.Warning, "Old snapshots in {Directory} could not be deleted.")]
    public static partial void SnapshotsNotPruned(ILogger logger, Exception exception, string directory);

    [LoggerMessage(164, LogLevel.Warning, "Old files of the data directory could not be deleted; it is tried again in an hour.")]
    public static partial void NotTidied(ILogger logger, Exception exception);

    [LoggerMessage(121, LogLevel.Warning, "What a step changed in {Directory} is not known.")]
    public static partial void NoDiff(ILogger logger, Exception exception, string directory);

    [LoggerMessage(160, LogLevel.Warning, "{Notice}")]
    public static partial void Notice(ILogger logger, string notice);

    [LoggerMessage(124, LogLevel.Warning, "No snapshot of {Directory}: {Reason}")]
    public static partial void GitFailed(ILogger logger, string directory, string reason);

    [LoggerMessage(150, LogLevel.Information, "Turn of {SessionID} {Outcome} in {Seconds} s: agent {Agent}, model {Model}, steps {Steps}, tokens {InputTokens} in, {OutputTokens} out.")]
    public static partial void TurnEnded(
        ILogger logger, string sessionID, string outcome, double seconds, string agent, string model, int steps, long inputTokens, long outputTokens);

    [LoggerMessage(151, LogLevel.Information, "Model call of {SessionID}: {Model}, {Outcome} in {Seconds} s, first chunk after {FirstChunk} s, tokens {InputTokens} in, {OutputTokens} out.")]
    public static partial void ModelCallEnded(
        ILogger logger, string sessionID, string model, string outcome, double seconds, double firstChunk, long inputTokens, long outputTokens);

    [LoggerMessage(158, LogLevel.Information, "Model call of {SessionID}: {Model}, {Outcome} in {Seconds} s, without an answer.")]
    public static partial void ModelCallUnanswered(ILogger logger, string sessionID, string model, string outcome, double seconds);

    [LoggerMessage(152, LogLevel.Information, "Tool call of {SessionID}: {Tool}, {Outcome} in {Seconds} s, {CallID}.")]
    public static partial void ToolCallEnded(ILogger logger, string sessionID, string tool, string outcome, double seconds, string callID);

    [LoggerMessage(153, LogLevel.Information, "Session {SessionID} waits for a person: {Permission}, request {RequestID}.")]
    public static partial void PermissionAsked(ILogger logger, string sessionID, string permission, string requestID);

    [LoggerMessage(154, LogLevel.Information, "Permission of {SessionID}: {Permission}, request {RequestID}, answer {Answer} after {Seconds} s.")]
    public static partial void PermissionAnswered(
        ILogger logger, string sessionID, string permission, string requestID, string answer, double seconds);

    [LoggerMessage(155, LogLevel.Warning, "Session {SessionID} has waited {Minutes} minutes for a person to answer {RequestID} ({Permission}). Answer it (POST /permission/{RequestID}/reply), abort the session, or let a policy answer (capstan.permissionPolicy).")]
    public static partial void StillWaiting(ILogger logger, string sessionID, int minutes, string requestID, string permission);

    [LoggerMessage(156, LogLevel.Information, "Prompt for {SessionID} refused ({Kind}): {Reason}")]
    public static partial void PromptRefused(ILogger logger, string sessionID, string kind, string reason);

    [LoggerMessage(157, LogLevel.Debug, "Prompt {MessageID} for {SessionID} accepted.")]
    public static partial void PromptAccepted(ILogger logger, string sessionID, string messageID);

    [LoggerMessage(170, LogLevel.Warning, "The database {Database} cannot be reached ({Reason}); writes wait for it.")]
    public static partial void DatabaseAway(ILogger logger, object database, string reason);

    [LoggerMessage(171, LogLevel.Information, "The database {Database} is back after {Seconds:F1} s.")]
    public static partial void DatabaseBack(ILogger logger, object database, double seconds);
}

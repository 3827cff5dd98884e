using Capstan.Contract;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Status;

/// <summary>
/// What each running turn waits for at this moment: a model, a tool or a person. People who look at the server are shown it, and
/// the end of the server does not wait for a turn that waits for a person. It is in memory only, because no turn runs without its
/// process.
/// </summary>
public sealed class SessionActivities(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SessionWait>> _waits = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>
    /// What a session waits for, oldest first. A tool call that waits for a permission is listed as the permission alone.
    /// </summary>
    public IReadOnlyList<SessionWait> Find(string sessionID)
    {
        lock (_lock)
        {
            return _waits.TryGetValue(sessionID, out var waits)
                ? [.. waits.Where(wait => wait.Kind != SessionWait.ForTool || !waits.Exists(other => IsAskedBy(other, wait)))]
                : [];
        }
    }

    /// <summary>The status of a session and, where the session is busy, what it waits for.</summary>
    public SessionStatus Describe(SessionRow session) =>
        session.Status is SessionStatus.Busy busy && Find(session.Info.ID) is { Count: > 0 } waits ? busy with { WaitsFor = waits } : session.Status;

    internal IDisposable WaitForModel(string sessionID, ModelInfo model) =>
        Begin(sessionID, new SessionWait(SessionWait.ForModel, Now) { Model = $"{model.ProviderID}/{model.ID}" });

    internal IDisposable WaitForTool(string sessionID, string tool, string callID) =>
        Begin(sessionID, new SessionWait(SessionWait.ForTool, Now) { Tool = tool, CallID = callID });

    internal IDisposable WaitForPermission(PermissionRequest request) => Begin(
        request.SessionID,
        new SessionWait(SessionWait.ForPermission, Now)
        {
            CallID = request.Tool?.CallID,
            Permission = request.Permission,
            PermissionID = request.ID,
        });

    /// <summary>Returns once a session waits for people and for nothing else.</summary>
    internal async Task UntilLeftToPeopleAsync(string sessionID, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The signal is taken before the look, so that a change between the two is signalled.
            var changed = Volatile.Read(ref _changed).Task;
            if (Find(sessionID) is { Count: > 0 } waits && waits.All(static wait => wait.Kind == SessionWait.ForPermission))
                return;
            await changed.WaitAsync(cancellationToken);
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static bool IsAskedBy(SessionWait request, SessionWait call) =>
        request.Kind == SessionWait.ForPermission && request.CallID == call.CallID;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Held Begin(string sessionID, SessionWait wait)
    {
        lock (_lock)
        {
            if (!_waits.TryGetValue(sessionID, out var waits))
                _waits[sessionID] = waits = [];
            waits.Add(wait);
        }

        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
        return new Held(this, sessionID, wait);
    }

    private void End(string sessionID, SessionWait wait)
    {
        lock (_lock)
        {
            if (_waits.TryGetValue(sessionID, out var waits) && waits.Remove(wait) && waits.Count == 0)
                _waits.Remove(sessionID);
        }

        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    private sealed class Held(SessionActivities owner, string sessionID, SessionWait wait) : IDisposable
    {
        public void Dispose() => owner.End(sessionID, wait);
    }
}

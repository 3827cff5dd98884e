using Capstan.Contract;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Permissions;

/// <summary>
/// Measures a permission request until it is answered. The log says when it is asked, from time to time that it has no answer
/// yet, and how it ended.
/// </summary>
internal sealed class PermissionObservation : IDisposable
{
    // Long enough for a person who is there to answer. After that, somebody may wonder why the session does nothing.
    private static readonly TimeSpan FirstReminder = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(4);

    private readonly EngineObserver _observer;
    private readonly PermissionRequest _request;
    private readonly long _start;
    private readonly ITimer? _reminder;
    private TimeSpan _pause = FirstReminder;

    public PermissionObservation(EngineObserver observer, PermissionRequest request)
    {
        (_observer, _request, _start) = (observer, request, observer.Time.GetTimestamp());
        Log.PermissionAsked(observer.Logger, request.SessionID, request.Permission, request.ID);
        if (observer.Logger.IsEnabled(LogLevel.Warning))
            _reminder = observer.Time.CreateTimer(static self => ((PermissionObservation)self!).Remind(), this, _pause, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The answer: <c>once</c>, <c>always</c> or <c>reject</c>; by default, that there was none because the turn ended first.
    /// </summary>
    public string Answer { get; set; } = "none: the turn ended first";

    public void Dispose()
    {
        _reminder?.Dispose();
        var seconds = _observer.SecondsSince(_start);
        _observer.Telemetry.PermissionDuration.Record(seconds, new KeyValuePair<string, object?>("capstan.permission", _request.Permission));
        Log.PermissionAnswered(_observer.Logger, _request.SessionID, _request.Permission, _request.ID, Answer, EngineObserver.Round(seconds));
    }

    private void Remind()
    {
        Log.StillWaiting(
            _observer.Logger, _request.SessionID, (int)_observer.Time.GetElapsedTime(_start).TotalMinutes, _request.ID, _request.Permission);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        _reminder!.Change(_pause, Timeout.InfiniteTimeSpan);
    }
}

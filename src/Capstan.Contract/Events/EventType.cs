namespace Capstan.Contract;

/// <summary>The names of events on the wire.</summary>
public static class EventType
{
#pragma warning disable CS1591 // Each name says what it is; the catalogue of properties is in docs/events.md.
    public const string SessionCreated = "session.created";
    public const string SessionUpdated = "session.updated";
    public const string SessionDeleted = "session.deleted";
    public const string SessionStatus = "session.status";
    public const string SessionIdle = "session.idle";
    public const string SessionError = "session.error";
    public const string SessionDiff = "session.diff";
    public const string MessageUpdated = "message.updated";
    public const string MessageRemoved = "message.removed";
    public const string PartUpdated = "message.part.updated";
    public const string PartRemoved = "message.part.removed";
    public const string PartDelta = "message.part.delta";
    public const string PermissionAsked = "permission.asked";
    public const string PermissionReplied = "permission.replied";
    public const string TodoUpdated = "todo.updated";
    public const string FileEdited = "file.edited";
    public const string FileWatcherUpdated = "file.watcher.updated";
    public const string ServerConnected = "server.connected";
    public const string ServerHeartbeat = "server.heartbeat";
    public const string ServerResync = "server.resync";
    public const string ServerDropped = "server.dropped";
    public const string InstanceDisposed = "server.instance.disposed";
#pragma warning restore CS1591
}

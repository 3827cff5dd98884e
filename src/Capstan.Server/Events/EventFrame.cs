namespace Capstan.Server.Events;

/// <summary>Which of an event's frames a frame is.</summary>
internal enum EventFrame
{
    /// <summary>The event has one frame on this stream.</summary>
    Only,

    /// <summary>A second frame follows.</summary>
    First,

    /// <summary>The second of two.</summary>
    Second,
}

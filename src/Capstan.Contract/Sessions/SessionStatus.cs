using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>What a session is doing (OpenCode schema <c>SessionStatus</c>).</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Idle), "idle")]
[JsonDerivedType(typeof(Busy), "busy")]
[JsonDerivedType(typeof(Retry), "retry")]
public abstract record SessionStatus
{
    /// <summary>No turn runs, and the inbox is empty.</summary>
    public sealed record Idle : SessionStatus;

    /// <summary>A turn runs, or a prompt waits in the inbox.</summary>
    public sealed record Busy : SessionStatus
    {
        /// <summary>
        /// What the turn is held up by, oldest first; Capstan's own. Only
        /// <c>GET /session/status</c> has this property: the stored status and events do not.
        /// </summary>
        public IReadOnlyList<SessionWait>? WaitsFor { get; init; }
    }

    /// <summary>A model call failed and will be tried again.</summary>
    /// <param name="Attempt">Which retry this is, from 1.</param>
    /// <param name="Message">Why the last attempt failed.</param>
    /// <param name="Next">When the next attempt starts, in Unix milliseconds.</param>
    public sealed record Retry(int Attempt, string Message, long Next) : SessionStatus;

    /// <summary>The idle status; all idle sessions share this instance.</summary>
    public static SessionStatus IsIdle { get; } = new Idle();

    /// <summary>The busy status without <see cref="Busy.WaitsFor"/>; it is the one that is stored and published.</summary>
    public static SessionStatus IsBusy { get; } = new Busy();
}

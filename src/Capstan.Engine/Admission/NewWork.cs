using Capstan.Contract;

namespace Capstan.Engine.Admission;

/// <summary>Work that a client sent and that was found good.</summary>
/// <param name="SentWork">What was sent.</param>
/// <param name="Message">The user message of the work.</param>
/// <param name="Parts">The message's parts.</param>
/// <param name="Model">The model that the session has from now on; null for the one that is configured.</param>
/// <param name="Permission">The permission rules that the session has from now on; null keeps those that it has.</param>
internal sealed record NewWork(
    SentWork SentWork, UserMessage Message, IReadOnlyList<Part> Parts, SessionModel? Model, IReadOnlyList<PermissionRule>? Permission = null)
{
    /// <summary>What the work's kind has to know of it besides the message, as JSON; null where the message says all.</summary>
    public ReadOnlyMemory<byte>? Payload { get; init; }
}

using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>
/// The answer to a permission request. It is stored until the tool call has seen it, so that a crash does not lose it.
/// </summary>
/// <param name="Reply">The answer.</param>
/// <param name="Feedback">With a rejection: what the model should do instead, as the person wrote it.</param>
public sealed record PermissionAnswer(PermissionReply Reply, string? Feedback = null);

using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>An answer on its way to the call that waits for it. It is stored until then, so that a crash does not lose it.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Feedback">With a rejection: what the model is told to do instead.</param>
public sealed record PermissionAnswer(PermissionReply Reply, string? Feedback = null);

namespace Capstan.Contract;

/// <summary>The properties of <c>server.instance.disposed</c>.</summary>
/// <param name="Directory">The directory of the workspace.</param>
public sealed record InstanceDisposedEvent(string Directory);

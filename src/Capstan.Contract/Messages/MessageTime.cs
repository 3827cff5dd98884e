namespace Capstan.Contract;

/// <summary>The moments of a message, in Unix milliseconds.</summary>
/// <param name="Created">When it was created.</param>
/// <param name="Completed">When an assistant's message was complete; absent while it is open.</param>
public sealed record MessageTime(long Created, long? Completed = null);

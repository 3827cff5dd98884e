namespace Capstan.Contract;

/// <summary>The times of a message, in Unix milliseconds.</summary>
/// <param name="Created">When the message was created.</param>
/// <param name="Completed">When an assistant's message was completed; absent while its step runs, and for user messages.</param>
public sealed record MessageTime(long Created, long? Completed = null);

namespace Capstan.Server.Requests;

/// <summary>A request body cannot be used. The message says what is wrong and where.</summary>
internal sealed class InvalidBodyException(string message) : Exception(message);

namespace Capstan.Server.Requests;

/// <summary>A request body that cannot be used; the message says what is wrong and where.</summary>
internal sealed class InvalidBodyException(string message) : Exception(message);

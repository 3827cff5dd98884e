namespace Capstan.Server.Requests;

/// <summary>A parameter of a request's query cannot be used. The message says what is wrong and where.</summary>
internal class InvalidQueryException(string message, string parameter) : Exception($"{message}\n  at [\"{parameter}\"]");

namespace Capstan.Server.Requests;

/// <summary>A request names a directory that is none.</summary>
internal sealed class InvalidDirectoryException(string message) : Exception($"{message}\n  at [\"directory\"]");

namespace Capstan.Server.Requests;

/// <summary>A request names a directory that does not exist or is not a directory.</summary>
internal sealed class InvalidDirectoryException(string message) : InvalidQueryException(message, "directory");

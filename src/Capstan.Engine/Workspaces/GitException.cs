namespace Capstan.Engine.Workspaces;

/// <summary>Git could not be run, or did not do what it was asked for.</summary>
internal sealed class GitException(string message, Exception? inner = null) : Exception(message, inner);

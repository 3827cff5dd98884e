namespace Capstan.Engine.Workspaces;

/// <summary>Git could not be run, or did not do what Capstan asked of it.</summary>
internal sealed class GitException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether there is no git on this machine's PATH.</summary>
    public bool IsMissing { get; init; }
}

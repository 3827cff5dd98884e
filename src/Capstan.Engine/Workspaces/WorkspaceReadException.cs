namespace Capstan.Engine.Workspaces;

/// <summary>Something of a workspace cannot be read. The message says why, for whoever asked for it.</summary>
public sealed class WorkspaceReadException : Exception
{
    internal WorkspaceReadException(WorkspaceReadProblem problem, string message, Exception? inner = null)
        : base(message, inner) => Problem = problem;

    /// <summary>The kind of the reason.</summary>
    public WorkspaceReadProblem Problem { get; }
}

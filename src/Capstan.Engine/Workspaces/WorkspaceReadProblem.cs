namespace Capstan.Engine.Workspaces;

/// <summary>The kinds of reasons why something of a workspace cannot be read.</summary>
public enum WorkspaceReadProblem
{
    /// <summary>The request is wrong, asks for too much, or for what it may not have.</summary>
    Refused,

    /// <summary>There is no such file or directory.</summary>
    Missing,

    /// <summary>The request is right, but git or the system failed.</summary>
    Failed,
}

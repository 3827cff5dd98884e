namespace Capstan.Engine.Workspaces.Changes;

/// <summary>What the files of a checkout are compared with.</summary>
public enum ChangeBase
{
    /// <summary>The commit that is checked out.</summary>
    Commit,

    /// <summary>The commit at which the checkout left the default branch.</summary>
    DefaultBranch,
}

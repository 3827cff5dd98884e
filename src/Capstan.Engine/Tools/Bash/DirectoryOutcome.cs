namespace Capstan.Engine.Tools.Bash;

/// <summary>The directories in which the shell may be after a command.</summary>
/// <param name="Success">The directories if the command succeeds.</param>
/// <param name="Failure">The directories if the command fails.</param>
internal sealed record DirectoryOutcome(DirectorySet Success, DirectorySet Failure)
{
    /// <summary>The directories whether the command succeeds or fails.</summary>
    public DirectorySet Either => Success.Union(Failure);
}

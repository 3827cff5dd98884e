namespace Capstan.Engine.Tools.Bash;

/// <summary>Where the shell may be behind a command.</summary>
/// <param name="Success">When it has succeeded.</param>
/// <param name="Failure">When it has failed.</param>
internal sealed record DirectoryOutcome(DirectorySet Success, DirectorySet Failure)
{
    /// <summary>Either way.</summary>
    public DirectorySet Either => Success.Union(Failure);
}

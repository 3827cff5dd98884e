using Capstan.Contract;

namespace Capstan.Engine.Agents;

/// <summary>
/// What a model is told of the place it works in. All of it but the day and the model's name is put together once for each
/// workspace.
/// </summary>
public sealed class WorkspaceSurroundings
{
    private readonly string _place;

    /// <summary>Describes a workspace.</summary>
    /// <param name="directory">The working directory.</param>
    /// <param name="worktree">The project's top directory, or <c>/</c>.</param>
    /// <param name="isGitRepository">Whether the directory is in a git repository.</param>
    public WorkspaceSurroundings(string directory, string worktree, bool isGitRepository)
    {
        var platform = OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        _place = $"""
            <env>
              Working directory: {directory}
              Workspace root: {worktree}
              Git repository: {(isGitRepository ? "yes" : "no")}
              Platform: {platform}
            """;
    }

    /// <summary>The text for the system prompt.</summary>
    public string Describe(ModelInfo model, DateOnly today)
    {
        ArgumentNullException.ThrowIfNull(model);
        return $"You run on the model {model.Name} (id {model.ProviderID}/{model.Api.ID}). Where you work:\n"
            + $"{_place}\n  Date: {today:yyyy-MM-dd}\n</env>";
    }
}

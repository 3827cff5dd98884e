using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Files;
using Capstan.Engine.Models;

namespace Capstan.Engine.Workspaces;

/// <summary>The state of one directory. It never changes: a changed configuration makes another workspace.</summary>
public sealed class Workspace
{
    internal Workspace()
    {
    }

    /// <summary>The workspace's directory, absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>The project that the directory belongs to.</summary>
    public required ProjectIdentity Project { get; init; }

    /// <summary>The workspace's configuration.</summary>
    public required WorkspaceConfig Config { get; init; }

    /// <summary>Capstan's own settings in this workspace.</summary>
    public required CapstanSettings Settings { get; init; }

    /// <summary>The workspace's agents.</summary>
    public required AgentCatalogue Agents { get; init; }

    /// <summary>The workspace's providers and models.</summary>
    public required ModelCatalogue Models { get; init; }

    /// <summary>The secrets that the workspace uses, which are masked in whatever people are shown.</summary>
    public SecretValues Secrets { get; init; } = SecretValues.None;

    /// <summary>
    /// The environment of commands that tool calls run; null gives them the environment of commands that belong to no workspace.
    /// </summary>
    public CommandEnvironment? Commands { get; init; }

    /// <summary>The workspace's instruction files.</summary>
    public required Instructions Instructions { get; init; }

    /// <summary>What models are told of the workspace.</summary>
    public required WorkspaceSurroundings Surroundings { get; init; }

    /// <summary>The answer to <c>GET /path</c>.</summary>
    public required PathInfo Paths { get; init; }

    /// <summary>
    /// Says what happens to an agent's permission requests that nobody answers, where the session has no policy of its own.
    /// </summary>
    public PermissionPolicy PolicyOf(AgentInfo agent) =>
        Settings.Agents.GetValueOrDefault(agent.Name)?.PermissionPolicy ?? Settings.PermissionPolicy ?? PermissionPolicy.Ask;

    /// <summary>The top directory of the checkout, or <c>/</c> without a repository.</summary>
    public string Worktree => Project.Worktree;

    /// <summary>
    /// The directory relative to the top of the checkout, with slashes, as sessions carry it: empty at the top; without a
    /// repository, the absolute path without its first slash.
    /// </summary>
    public string RelativePath
    {
        get
        {
            var path = PathContainment.IsWithin(Directory, Worktree)
                ? Path.GetRelativePath(Worktree, Directory)
                : Path.GetRelativePath(PathContainment.Resolve(Worktree), PathContainment.Resolve(Directory));
            return path == "." ? "" : path.Replace('\\', '/');
        }
    }
}

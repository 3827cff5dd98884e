using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Files;
using Capstan.Engine.Models;

namespace Capstan.Engine.Workspaces;

/// <summary>The state of one directory: it never changes, a changed configuration makes another one.</summary>
public sealed class Workspace
{
    internal Workspace()
    {
    }

    /// <summary>The directory, absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>The project that it belongs to.</summary>
    public required ProjectIdentity Project { get; init; }

    /// <summary>Its configuration.</summary>
    public required WorkspaceConfig Config { get; init; }

    /// <summary>Capstan's own settings.</summary>
    public required CapstanSettings Settings { get; init; }

    /// <summary>Its agents.</summary>
    public required AgentCatalogue Agents { get; init; }

    /// <summary>Its providers and models.</summary>
    public required ModelCatalogue Models { get; init; }

    /// <summary>The secrets that it works with, to be masked in what people are shown.</summary>
    public SecretValues Secrets { get; init; } = SecretValues.None;

    /// <summary>The environment of its commands; null gives them what commands get that belong to no workspace.</summary>
    public CommandEnvironment? Commands { get; init; }

    /// <summary>Its instruction files.</summary>
    public required Instructions Instructions { get; init; }

    /// <summary>What models are told of it.</summary>
    public required WorkspaceSurroundings Surroundings { get; init; }

    /// <summary>The answer to <c>GET /path</c>.</summary>
    public required PathInfo Paths { get; init; }

    /// <summary>What happens to permission requests of an agent that nobody answers, where no session says otherwise.</summary>
    public PermissionPolicy PolicyOf(AgentInfo agent) =>
        Settings.Agents.GetValueOrDefault(agent.Name)?.PermissionPolicy ?? Settings.PermissionPolicy ?? PermissionPolicy.Ask;

    /// <summary>The project's top directory, or <c>/</c>.</summary>
    public string Worktree => Project.Worktree;

    /// <summary>
    /// The directory within the project, with slashes, as sessions carry it: empty at the top; without a repository the absolute
    /// path without its first slash.
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

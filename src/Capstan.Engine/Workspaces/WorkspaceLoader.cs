using Capstan.Engine.Agents;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Files;
using Capstan.Engine.Models;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capstan.Engine.Workspaces;

/// <summary>Loads the workspace of a directory.</summary>
internal sealed class WorkspaceLoader
{
    private readonly ConfigLoader configs;
    private readonly ProjectReportLog reports;
    private readonly ProcessEnvironment environment;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly NoticeBoard? notices;

    /// <param name="paths">Where configuration, data and credentials are.</param>
    /// <param name="environment">The server's environment variables.</param>
    /// <param name="http">Fetches instructions that are web addresses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notices">Tells people what they should know of the configuration files.</param>
    /// <param name="logger">Logs the powers that the files of projects use.</param>
    internal WorkspaceLoader(
        ConfigPaths paths, ProcessEnvironment environment, HttpClient http, TimeProvider time, NoticeBoard? notices = null, ILogger? logger = null)
    {
        reports = new ProjectReportLog(logger ?? NullLogger.Instance);
        (this.environment, this.http, this.time, this.notices) = (environment, http, time, notices);
        configs = new ConfigLoader(paths, environment);
    }

    /// <summary>Loads a workspace.</summary>
    /// <exception cref="ConfigException">A configuration file cannot be used.</exception>
    public async Task<Workspace> LoadAsync(string directory, CancellationToken cancellationToken)
    {
        var paths = configs.Paths;
        var repository = GitRepository.Locate(directory);
        var worktree = repository?.Worktree ?? ProjectIdentity.None(directory).Worktree;
        // For a directory that is named by a link from outside the checkout, the
        // project's files are found from where the link leads.
        var place = PathContainment.IsWithin(directory, worktree) ? directory : PathContainment.Resolve(directory);
        // Finding the project may run git, so it goes on while the configuration files are read.
        var project = repository is null
            ? Task.FromResult(ProjectIdentity.None(directory))
            : ProjectIdentity.FindAsync(repository, time, cancellationToken);
        WorkspaceConfig config;
        try
        {
            config = configs.Load(place, worktree);
        }
        catch
        {
            await ((Task)project).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        foreach (var notice in config.Notices)
            notices?.Say(notice);
        var settings = CapstanSettings.Read(config.Capstan, directory);
        var agents = AgentCatalogue.Build(config, paths, worktree);
        var models = ModelCatalogue.Build(config, paths, environment);
        var secrets = WorkspaceSecrets.Collect(config, Credentials.Load(paths, environment), environment);
        reports.Write(directory, config, models, secrets);
        return new Workspace
        {
            Directory = directory,
            Project = await project,
            Config = config,
            Settings = settings,
            Agents = agents,
            Models = models,
            Secrets = secrets,
            Commands = CommandEnvironment.Of(environment, config, settings.Commands.Env ?? []),
            Instructions = new Instructions(config, paths, environment, place, worktree, http, time, notices is null ? null : notices.Say, models.HoldsCredential),
            Surroundings = new WorkspaceSurroundings(directory, worktree, repository is not null),
            Paths = paths.Describe(worktree, directory),
        };
    }
}

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
    private readonly ConfigLoader _configs;
    private readonly ProjectReportLog _reports;
    private readonly ProcessEnvironment _environment;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly NoticeBoard? _notices;

    /// <param name="paths">Where configuration, data and credentials are.</param>
    /// <param name="environment">The server's environment variables.</param>
    /// <param name="http">Fetches instructions that are web addresses.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notices">Tells people what they should know of the configuration files.</param>
    /// <param name="logger">Logs the powers that the files of projects use.</param>
    internal WorkspaceLoader(
        ConfigPaths paths, ProcessEnvironment environment, HttpClient http, TimeProvider time, NoticeBoard? notices = null, ILogger? logger = null)
    {
        _reports = new ProjectReportLog(logger ?? NullLogger.Instance);
        (_environment, _http, _time, _notices) = (environment, http, time, notices);
        _configs = new ConfigLoader(paths, environment);
    }

    /// <summary>Loads a workspace.</summary>
    /// <exception cref="ConfigException">A configuration file cannot be used.</exception>
    public async Task<Workspace> LoadAsync(string directory, CancellationToken cancellationToken)
    {
        var paths = _configs.Paths;
        var repository = GitRepository.Locate(directory);
        var worktree = repository?.Worktree ?? ProjectIdentity.None(directory).Worktree;
        // For a directory that is named by a link from outside the checkout, the
        // project's files are found from where the link leads.
        var place = PathContainment.IsWithin(directory, worktree) ? directory : PathContainment.Resolve(directory);
        // Finding the project may run git, so it goes on while the configuration files are read.
        var project = repository is null
            ? Task.FromResult(ProjectIdentity.None(directory))
            : ProjectIdentity.FindAsync(repository, _time, cancellationToken);
        WorkspaceConfig config;
        try
        {
            config = _configs.Load(place, worktree);
        }
        catch
        {
            await ((Task)project).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        foreach (var notice in config.Notices)
            _notices?.Say(notice);
        var settings = CapstanSettings.Read(config.Capstan, directory);
        var agents = AgentCatalogue.Build(config, paths, worktree);
        var models = ModelCatalogue.Build(config, paths, _environment);
        var secrets = WorkspaceSecrets.Collect(config, Credentials.Load(paths, _environment), _environment);
        _reports.Write(directory, config, models, secrets);
        return new Workspace
        {
            Directory = directory,
            Project = await project,
            Config = config,
            Settings = settings,
            Agents = agents,
            Models = models,
            Secrets = secrets,
            Commands = CommandEnvironment.Of(_environment, config, settings.Commands.Env ?? []),
            Instructions = new Instructions(config, paths, _environment, place, worktree, _http, _time, _notices is null ? null : _notices.Say, models.HoldsCredential),
            Surroundings = new WorkspaceSurroundings(directory, worktree, repository is not null),
            Paths = paths.Describe(worktree, directory),
        };
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Configuration.Settings;

/// <summary>
/// Capstan's own settings: the value of the configuration's key <c>capstan</c>. Times are in milliseconds, sizes in bytes.
/// </summary>
/// <remarks>
/// Defaults are made when a setting is read: generated deserializers set
/// absent init-only properties to null, over any initializer.
/// </remarks>
public sealed record CapstanSettings
{
    /// <summary>What happens to permission requests that nobody answers; by default they stay open without a deadline.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }

    // A block that is left out arrives as null: the generated deserializer
    // sets every init property, also where the JSON has no value.

    /// <summary>Settings of agents, by name.</summary>
    public IReadOnlyDictionary<string, AgentTurnSettings> Agents { get; init => field = value ?? field; } =
        new Dictionary<string, AgentTurnSettings>();

    /// <summary>
    /// Whether the files of projects are <c>trusted</c> (default) or <c>restricted</c>; read outside projects only.
    /// </summary>
    public string? Projects { get; init; }

    /// <summary>
    /// The environment variables that the files of restricted projects may refer to; read outside projects only.
    /// </summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Settings of the commands that tool calls run; read outside projects only.</summary>
    public CommandSettings Commands { get; init => field = value ?? field; } = new();

    /// <summary>Limits of turns.</summary>
    public TurnSettings Turns { get; init => field = value ?? field; } = new();

    /// <summary>Limits of the files that come with prompts.</summary>
    public AttachmentSettings Attachments { get; init => field = value ?? field; } = new();

    /// <summary>Settings of workspaces.</summary>
    public WorkspaceSettings Workspaces { get; init => field = value ?? field; } = new();

    /// <summary>
    /// How much is kept in the data directory, and how long; read from the server's own directory at its start.
    /// </summary>
    public RetentionSettings Retention { get; init => field = value ?? field; } = new();

    /// <summary>
    /// How much of sessions is kept in memory between their turns; read from the server's own directory at its start.
    /// </summary>
    public ContextSettings Contexts { get; init => field = value ?? field; } = new();

    /// <summary>
    /// Where sessions are kept: <c>sqlite</c> (default) or the URL of a PostgreSQL database; read at the server's start, outside
    /// projects only.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>How a store on PostgreSQL is used; read from the server's own directory at its start.</summary>
    public PostgresSettings Postgres { get; init => field = value ?? field; } = new();

    /// <summary>Limits of events; read from the server's own directory at its start.</summary>
    public EventSettings Events { get; init => field = value ?? field; } = new();

    /// <summary>Settings of the HTTP server; read from the server's own directory at its start.</summary>
    public ServerSettings Server { get; init => field = value ?? field; } = new();

    /// <summary>Reads the settings.</summary>
    /// <param name="capstan">The value of the <c>capstan</c> key.</param>
    /// <param name="source">The workspace's directory, which the error names.</param>
    /// <exception cref="ConfigException">A key is unknown, or a value is of the wrong type or out of its range.</exception>
    public static CapstanSettings Read(JsonObject capstan, string source)
    {
        ArgumentNullException.ThrowIfNull(capstan);
        if (capstan.Count == 0)
            return new CapstanSettings();
        var issues = ConfigCheck.OfSettings(capstan);
        if (issues.Count > 0)
            throw ConfigException.Invalid(source, issues);
        var settings = capstan.Deserialize(SettingsJson.Default.CapstanSettings)!;
        // A policy may be spread over several files, so whether it contradicts itself is known only here, where they are merged.
        return settings.Contradiction is { } issue ? throw ConfigException.Invalid(source, [issue]) : settings;
    }

    private ConfigIssue? Contradiction
    {
        get
        {
            if (PermissionPolicy?.Problem is { } problem)
                return new ConfigIssue(["capstan", "permissionPolicy"], problem);
            foreach (var (name, agent) in Agents)
            {
                if (agent.PermissionPolicy?.Problem is { } wrong)
                    return new ConfigIssue(["capstan", "agents", name, "permissionPolicy"], wrong);
            }

            return null;
        }
    }
}

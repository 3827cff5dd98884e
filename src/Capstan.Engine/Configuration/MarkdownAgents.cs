using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;
using Capstan.Engine.Configuration.Trust;
using Capstan.Engine.Files;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Reads agents that are written as Markdown: <c>{agent,agents}/**/*.md</c> and, for primary agents, <c>{mode,modes}/*.md</c>.
/// </summary>
internal static class MarkdownAgents
{
    private const int MaxBytes = 1 << 20;

    /// <summary>
    /// Reads the definitions of one configuration directory into an object like the value of the key <c>agent</c>.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="stamps">Remembers the files and folders that were read.</param>
    /// <param name="limits">Says which files may be read, where the directory is a project's; null elsewhere.</param>
    /// <exception cref="ConfigException">A value has the wrong type.</exception>
    public static JsonObject Read(string directory, ConfigStamps stamps, ProjectLimits? limits)
    {
        var agents = new JsonObject();
        foreach (var folder in new[] { "agent", "agents" })
            ReadFolder(agents, Path.Combine(directory, folder), primary: false, stamps, limits);
        foreach (var folder in new[] { "mode", "modes" })
            ReadFolder(agents, Path.Combine(directory, folder), primary: true, stamps, limits);
        return agents;
    }

    private static void ReadFolder(JsonObject agents, string folder, bool primary, ConfigStamps stamps, ProjectLimits? limits)
    {
        foreach (var file in DefinitionFiles.Find(folder, deep: !primary, stamps))
        {
            stamps.Add(file);
            var name = Path.GetRelativePath(folder, file)[..^".md".Length].Replace('\\', '/');
            if (limits?.MayRead(file) != false && ReadText(file) is { } text)
                agents[name] = ReadAgent(text, file, name, primary);
        }
    }

    private static JsonObject ReadAgent(string text, string file, string name, bool primary)
    {
        var (agent, body) = FrontMatter.Parse(text);
        var issues = ConfigCheck.Of(agent, AgentKeys.Kind);
        if (issues.Count > 0)
            throw ConfigException.Invalid(file, issues);
        agent.TryAdd("name", name);
        agent["prompt"] = body;
        if (primary)
            agent["mode"] = "primary";
        AgentSettings.Normalise(agent);
        return agent;
    }

    private static string? ReadText(string file)
    {
        try
        {
            return RegularFile.ReadText(file, MaxBytes);
        }
        catch (FileNotFoundException)
        {
            // This is a link to nothing, or a file that was deleted while the folder was read.
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ConfigException.Invalid(file, $"cannot be read: {failure.Message}");
        }
    }
}

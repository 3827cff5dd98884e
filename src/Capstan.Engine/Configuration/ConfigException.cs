using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>
/// A configuration file cannot be used. Clients get a 400 with this error
/// (OpenCode schemas <c>ConfigJsonError</c> and <c>ConfigInvalidError</c>).
/// </summary>
public sealed class ConfigException : Exception
{
    private ConfigException(string name, string file, string message, IReadOnlyList<ConfigIssue> issues, int? line, int? column)
        : base(message)
    {
        (Name, File, Issues, Line, Column) = (name, file, issues, line, column);
    }

    /// <summary>OpenCode's name for the error.</summary>
    public string Name { get; }

    /// <summary>The file's absolute path, or the name of the environment variable that holds the configuration.</summary>
    public string File { get; }

    /// <summary>The line of the error, counted from 1; null where it is unknown.</summary>
    public int? Line { get; }

    /// <summary>The column of the error in bytes, counted from 1; null where it is unknown.</summary>
    public int? Column { get; }

    /// <summary>Values that cannot be used, each with the keys that lead to it.</summary>
    public IReadOnlyList<ConfigIssue> Issues { get; }

    /// <summary>Makes the body of the response. It never repeats the file's text, which may hold keys.</summary>
    public JsonObject ToJson()
    {
        var data = new JsonObject { ["path"] = File, ["message"] = Message };
        if (Line is { } line)
            (data["line"], data["column"]) = (line, Column);
        if (Issues.Count > 0)
            data["issues"] = new JsonArray([.. Issues.Select(Describe)]);
        return new JsonObject { ["name"] = Name, ["data"] = data };
    }

    internal static ConfigException Unparsable(string file, int line, int column, string reason) =>
        new("ConfigJsonError", file, $"{file}:{line}:{column}: {reason}", [], line, column);

    /// <summary>Makes the error for values that cannot be used.</summary>
    /// <param name="file">The file, or the environment variable that holds the configuration.</param>
    /// <param name="issues">The values and what is wrong with each; at least one.</param>
    /// <param name="text">The file's text, in which the line for the message is looked up.</param>
    internal static ConfigException Invalid(string file, IReadOnlyList<ConfigIssue> issues, string text = "")
    {
        var line = ConfigPlaces.LineOf(text, issues[0].Path);
        var place = line is null ? file : $"{file}:{line}";
        return new("ConfigInvalidError", file, $"{place}: {string.Join("; ", issues.Select(InWords))}", issues, null, null);
    }

    internal static ConfigException Invalid(string file, string reason, int? line = null, int? column = null) =>
        new("ConfigInvalidError", file, $"{file}{(line is null ? "" : $":{line}:{column}")}: {reason}", [], line, column);

    private static string InWords(ConfigIssue issue) => issue.Path.Count == 0 ? issue.Message : $"{string.Join('.', issue.Path)}: {issue.Message}";

    private static JsonNode Describe(ConfigIssue issue) => new JsonObject
    {
        ["path"] = new JsonArray([.. issue.Path.Select(key => (JsonNode)JsonValue.Create(key))]),
        ["message"] = issue.Message,
    };
}

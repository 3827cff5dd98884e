using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>
/// A configuration file cannot be used. Clients get it as a 400 (OpenCode schemas <c>ConfigJsonError</c> and
/// <c>ConfigInvalidError</c>).
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

    /// <summary>The file's absolute path, or the variable that held the text.</summary>
    public string File { get; }

    /// <summary>The line, counted from 1, where it is known.</summary>
    public int? Line { get; }

    /// <summary>The column in bytes, counted from 1, where it is known.</summary>
    public int? Column { get; }

    /// <summary>Values of the wrong type, each with its place.</summary>
    public IReadOnlyList<ConfigIssue> Issues { get; }

    /// <summary>The body of the answer. It never repeats the file's text, which may hold keys.</summary>
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

    /// <summary>Values that cannot be used.</summary>
    /// <param name="file">The file, or the variable that held the text.</param>
    /// <param name="issues">What is wrong.</param>
    /// <param name="text">The file's text, so that the message can name the line.</param>
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

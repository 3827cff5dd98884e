using System.CommandLine;
using System.CommandLine.Parsing;
using Capstan.Engine.Configuration;
using Capstan.Logging;
using Microsoft.Extensions.Logging;

namespace Capstan.Commands;

/// <summary>The options of the log: the lowest level, the format, and where it is written.</summary>
internal static class LogOptions
{
    private static readonly Option<LogLevel?> Level = new("--log-level")
    {
        Description = $"What is logged: {LogLevels.Names}. Default INFO, or what the configuration's logLevel says.",
        HelpName = "level",
        CustomParser = ReadLevel,
    };

    private static readonly Option<bool> Print = new("--print-logs")
    {
        Description = "Print the log on standard error and keep no file; for services and containers.",
    };

    private static readonly Option<LogFormat> Format = new("--log-format")
    {
        Description = "How the log is written: text (default), or json, an object a line.",
        HelpName = "json|text",
        CustomParser = ReadFormat,
    };

    /// <summary>All options of the log.</summary>
    public static IReadOnlyList<Option> All { get; } = [Level, Print, Format];

    /// <summary>Returns the lowest level that is logged; by default what the configuration says, or else <c>INFO</c>.</summary>
    public static LogLevel LevelOf(ParseResult arguments, WorkspaceConfig? config) =>
        arguments.GetValue(Level) ?? (config?.LogLevel is { } name ? LogLevels.Read(name) : null) ?? LogLevel.Information;

    /// <summary>Returns the format of the log; text by default.</summary>
    public static LogFormat FormatOf(ParseResult arguments) => arguments.GetValue(Format);

    /// <summary>Returns the file that the log is kept in; null where the log is printed instead.</summary>
    public static LogFile? FileOf(ParseResult arguments, ConfigPaths paths) =>
        arguments.GetValue(Print) ? null : new LogFile(paths.Log);

    private static LogLevel? ReadLevel(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (LogLevels.Read(text) is { } level)
            return level;
        argument.AddError($"--log-level must be {LogLevels.Names}, and \"{text}\" is not.");
        return null;
    }

    private static LogFormat ReadFormat(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (text is "json" or "text")
            return text == "json" ? LogFormat.Json : LogFormat.Text;
        argument.AddError($"--log-format must be json or text, and \"{text}\" is not.");
        return LogFormat.Text;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Capstan.Engine.Configuration;
using Capstan.Logging;
using Microsoft.Extensions.Logging;

namespace Capstan.Commands;

/// <summary>The options that say what is logged, how and where.</summary>
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

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All { get; } = [Level, Print, Format];

    /// <summary>The lowest level that is logged.</summary>
    public static LogLevel LevelOf(ParseResult arguments, WorkspaceConfig? config) =>
        arguments.GetValue(Level) ?? (config?.LogLevel is { } name ? LogLevels.Read(name) : null) ?? LogLevel.Information;

    /// <summary>How it is written.</summary>
    public static LogFormat FormatOf(ParseResult arguments) => arguments.GetValue(Format);

    /// <summary>The file that the log is kept in, or null where it is printed.</summary>
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

using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>The names of levels: OpenCode's, which the log shows, and .NET's, which are read as well.</summary>
internal static class LogLevels
{
    /// <summary>The names that people may write, for the help and for errors.</summary>
    public const string Names = "DEBUG, INFO, WARN or ERROR";

    /// <summary>Returns the level with a name, in upper or lower case; null where there is none.</summary>
    public static LogLevel? Read(string name) => name.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" or "INFORMATION" => LogLevel.Information,
        "WARN" or "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "CRITICAL" => LogLevel.Critical,
        "NONE" => LogLevel.None,
        _ => null,
    };

    /// <summary>Returns the name that the log shows for a level.</summary>
    public static string Show(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };
}

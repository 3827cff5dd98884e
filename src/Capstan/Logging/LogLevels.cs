using Microsoft.Extensions.Logging;

namespace Capstan.Logging;

/// <summary>The names of levels: OpenCode's, which are shown, and .NET's, which are understood as well.</summary>
internal static class LogLevels
{
    /// <summary>What may be written, for the help and for errors.</summary>
    public const string Names = "DEBUG, INFO, WARN or ERROR";

    /// <summary>The level of a name, whatever its case; null where there is none.</summary>
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

    /// <summary>The name that the log shows.</summary>
    public static string Show(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };
}

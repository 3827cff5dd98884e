using Microsoft.Extensions.Logging;

namespace Capstan;

/// <summary>All messages that the program itself logs.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Information, "Capstan {Version} listens on {Address}, process {Process}, data in {Data}.")]
    public static partial void Started(ILogger logger, string version, string address, string process, string data);

    [LoggerMessage(301, LogLevel.Information, "Told to stop: running turns have up to {Drain} s to end.")]
    public static partial void Stopping(ILogger logger, double drain);

    [LoggerMessage(303, LogLevel.Warning, "{Reason}")]
    public static partial void NoCollector(ILogger logger, string reason);

    [LoggerMessage(302, LogLevel.Information, "Stopped.")]
    public static partial void Stopped(ILogger logger);
}

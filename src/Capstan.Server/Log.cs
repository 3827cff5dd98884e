using Microsoft.Extensions.Logging;

namespace Capstan.Server;

/// <summary>All messages that the HTTP face logs.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Error, "{Method} {Path} failed ({Reference}).")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path, string reference);

    [LoggerMessage(202, LogLevel.Information, "{Method} {Path} refused with {Status}: {Reason}")]
    public static partial void RequestRefused(ILogger logger, string method, string path, int status, string reason);

    [LoggerMessage(201, LogLevel.Debug, "{Method} {Path}: the client went away ({Reason}).")]
    public static partial void ClientGone(ILogger logger, string method, string path, string reason);
}

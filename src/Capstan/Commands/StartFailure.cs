using System.Net.Sockets;
using Capstan.Engine.Storage;
using Capstan.Server;

namespace Capstan.Commands;

/// <summary>Says in words, for whoever started the server, why it did not start.</summary>
internal static class StartFailure
{
    /// <summary>Says the reason and what to do about it; null where the program itself is at fault.</summary>
    public static string? Describe(Exception exception, ServerOptions? options) => exception switch
    {
        StoreInUseException or StoreUnusableException or StoreUnavailableException => exception.Message,
        // The message comes from the code that read the options or the configuration, and is in words already.
        InvalidOperationException => exception.Message,
        SocketException or IOException { InnerException: not null } when options is not null && Socket(exception) is { } code =>
            $"Cannot listen on {options.Hostname}, port {options.Port}: {Reason(code, options)}",
        IOException => exception.Message,
        _ => null,
    };

    private static string Reason(SocketError code, ServerOptions options) => code switch
    {
        SocketError.AddressAlreadyInUse =>
            "address already in use by another program. Choose another port with --port, or leave --port out to take any that is free.",
        SocketError.AddressNotAvailable =>
            $"this machine has no address {options.Hostname}. Name one of its own with --hostname, such as 127.0.0.1, or 0.0.0.0 for all of them.",
        SocketError.AccessDenied => "permission denied. Ports below 1024 are the administrator's; choose a higher one with --port.",
        _ => "the system does not allow it. Choose another address with --hostname, or another port with --port.",
    };

    private static SocketError? Socket(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SocketException socket)
                return socket.SocketErrorCode;
        }

        return null;
    }
}

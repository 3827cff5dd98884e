using System.Net;
using System.Net.Sockets;

namespace Capstan.Bench.Servers;

/// <summary>Finds a port for a server that must be told one.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

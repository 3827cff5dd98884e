using System.Net;
using System.Net.Sockets;

namespace Capstan.Testing.Servers;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePort
{
    private const int Attempts = 20;

    /// <summary>A port that the system says is free now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts something on a free port, and on another where somebody was faster.</summary>
    public static async Task<T> UseAsync<T>(Func<int, Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start(Find());
            }
            catch (IOException) when (attempt < Attempts)
            {
            }
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

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

    /// <summary>
    /// A free port that the system gives to no client of its own accord, for a server that leaves it and comes back to it: of the others,
    /// a client that tries to connect meanwhile can be given the very one, and is then connected to itself.
    /// </summary>
    public static int FindLasting()
    {
        const int Lowest = 10_000;
        var clients = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0];
        var below = Math.Max(Lowest + 1, int.Parse(clients, CultureInfo.InvariantCulture));
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, below);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }

    /// <summary>Starts something on a free port, and on another where somebody was faster.</summary>
    public static Task<T> UseAsync<T>(Func<int, Task<T>> start) => UseAsync(start, Find);

    /// <inheritdoc cref="UseAsync{T}(Func{int, Task{T}})"/>
    /// <param name="start">Starts it; fails with <see cref="IOException"/> where the port is taken.</param>
    /// <param name="find">Finds a port that is free now.</param>
    public static async Task<T> UseAsync<T>(Func<int, Task<T>> start, Func<int> find)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start(find());
            }
            catch (IOException) when (attempt < Attempts)
            {
            }
        }
    }
}

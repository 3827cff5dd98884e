using System.Net;
using System.Net.Sockets;

namespace Capstan.Server.Security;

/// <summary>
/// Finds the addresses on which a hostname makes the server listen: only those that the hostname names and that this machine has.
/// A name that leads nowhere must not make the server listen on every network.
/// </summary>
internal static class ListenAddresses
{
    /// <summary>Finds the addresses; at least one.</summary>
    /// <exception cref="InvalidOperationException">The hostname names no address of this machine.</exception>
    public static async Task<IReadOnlyList<IPAddress>> FindAsync(string hostname, CancellationToken cancellationToken)
    {
        // The meaning of localhost is fixed, whatever the machine's hosts file says.
        if (hostname == "localhost")
            return [.. new[] { IPAddress.Loopback, IPAddress.IPv6Loopback }.Where(IsOurs)];
        if (IPAddress.TryParse(hostname, out var address))
            return IsOurs(address) ? [address] : throw NotOurs(hostname, "it is not an address of this machine");
        IPAddress[] named;
        try
        {
            named = await Dns.GetHostAddressesAsync(hostname, cancellationToken);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            throw NotOurs(hostname, "it does not resolve to an address");
        }

        IPAddress[] ours = [.. named.Distinct().Where(IsOurs)];
        return ours.Length > 0
            ? ours
            : throw NotOurs(hostname, $"it resolves to {string.Join(", ", named.AsEnumerable())}, which is not this machine");
    }

    /// <summary>Whether this machine has an address; other addresses cannot be bound.</summary>
    private static bool IsOurs(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static InvalidOperationException NotOurs(string hostname, string reason) => new(
        $"Cannot listen on {hostname}: {reason}. Give --hostname an address of this machine, 127.0.0.1 for this machine alone, "
        + "or 0.0.0.0 for every network that it is in.");
}

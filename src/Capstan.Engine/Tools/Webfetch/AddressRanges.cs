using System.Net;
using System.Net.Sockets;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>Tells what kind of address an address is.</summary>
internal static class AddressRanges
{
    private static readonly IPNetwork[] Refused = Networks(
        "169.254.0.0/16", "fe80::/10",
        // Services of clouds that are at none of the addresses above: of Amazon, Google, Alibaba and Azure.
        "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32", "168.63.129.16/32");

    private static readonly IPNetwork[] Local = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fec0::/10", "ff00::/8",
        // Tunnels to IPv4 whose other end is not plain to see.
        "2001::/32", "64:ff9b:1::/48");

    // Addresses whose bytes from here on are an IPv4 address: whoever routes them delivers to that one.
    private static readonly (IPNetwork Network, int Offset)[] Embedding =
    [
        (IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2),
    ];

    /// <summary>The form of an address that is judged and shown: IPv4 where it is only written as IPv6, and without a scope.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    /// <summary>What kind of address it is; the strictest of its kinds where it holds another one.</summary>
    public static AddressKind KindOf(IPAddress address)
    {
        address = Plain(address);
        if (Refused.Any(network => network.Contains(address)))
            return AddressKind.Refused;
        if (Local.Any(network => network.Contains(address)))
            return AddressKind.Local;
        foreach (var (network, offset) in Embedding)
        {
            if (network.Contains(address))
                return KindOf(new IPAddress(address.GetAddressBytes().AsSpan(offset, 4)));
        }

        return AddressKind.Public;
    }

    private static IPNetwork[] Networks(params ReadOnlySpan<string> texts)
    {
        var networks = new IPNetwork[texts.Length];
        for (var i = 0; i < texts.Length; i++)
            networks[i] = IPNetwork.Parse(texts[i]);
        return networks;
    }
}

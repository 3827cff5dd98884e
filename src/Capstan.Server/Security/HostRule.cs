using System.Net;
using System.Net.Sockets;

namespace Capstan.Server.Security;

/// <summary>
/// The host names by which clients may address the server. A web page whose host
/// name was made to point to this machine sends that name, and is refused.
/// </summary>
internal sealed class HostRule
{
    private static readonly string[] LocalNames = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> _names;
    private readonly bool _allowsAny;

    /// <summary>Creates the rule.</summary>
    /// <param name="options">The options, with the address to listen on, the further host names and the password.</param>
    public HostRule(ServerOptions options)
    {
        _names = new HashSet<string>([.. LocalNames, Written(options.Hostname), .. options.AllowedHosts], StringComparer.OrdinalIgnoreCase);
        // A server that is open to a network is reached by names that it cannot know, and its password protects it.
        var isOpen = !string.IsNullOrEmpty(options.Password) && !options.IsLocal;
        _allowsAny = isOpen || _names.Contains("*");
    }

    /// <summary>Whether the server answers requests to a host name.</summary>
    /// <param name="host">The header <c>Host</c> without its port.</param>
    public bool Allows(string host) => _allowsAny || _names.Contains(host);

    private static string Written(string hostname) =>
        IPAddress.TryParse(hostname, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : hostname;
}

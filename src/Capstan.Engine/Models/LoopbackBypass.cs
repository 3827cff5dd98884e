using System.Net;

namespace Capstan.Engine.Models;

/// <summary>
/// The proxy that the environment names, but never for addresses of this machine: a model that runs beside the server must not be
/// reached through another machine.
/// </summary>
/// <param name="inner">
/// The proxy for all other addresses; it reads the environment (<c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>ALL_PROXY</c>,
/// <c>NO_PROXY</c>).
/// </param>
internal sealed class LoopbackBypass(IWebProxy inner) : IWebProxy
{
    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return IsLoopback(host) || inner.IsBypassed(host);
    }

    private static bool IsLoopback(Uri host)
    {
        var name = host.IdnHost.TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            // 0.0.0.0 and :: mean "this host": a connection to them reaches this machine.
            || (IPAddress.TryParse(name, out var address)
                && (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
                    || (address.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(address.MapToIPv4()))));
    }
}

namespace Capstan.Server.Security;

/// <summary>
/// Decides which web pages may use the server: pages of this machine, of
/// OpenCode's own applications, and of origins that were named.
/// </summary>
/// <remarks>
/// An origin is a scheme, a host and a port. No browser sends an origin with more
/// parts, so such a text is compared only with the origins that were named.
/// </remarks>
/// <param name="named">The origins that were allowed with <c>--cors</c>.</param>
internal sealed class OriginRule(IEnumerable<string> named)
{
    private const string Product = "opencode.ai";

    // The pages of OpenCode's desktop applications have schemes of their own.
    private static readonly string[] Applications = ["tauri://localhost", "oc://renderer"];

    private readonly HashSet<string> _named = new(named, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether pages of this origin may use the server.</summary>
    /// <param name="origin">The value of the header <c>Origin</c>.</param>
    public bool Allows(string origin)
    {
        if (_named.Contains(origin) || Applications.Contains(origin, StringComparer.Ordinal))
            return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !IsOriginAlone(origin, uri))
            return false;
        return uri.Scheme switch
        {
            "http" => uri.Host is "localhost" or "127.0.0.1" or "[::1]" or "tauri.localhost",
            "https" => uri.IsDefaultPort && (uri.Host is "tauri.localhost" or Product || uri.Host.EndsWith("." + Product, StringComparison.Ordinal)),
            _ => false,
        };
    }

    private static bool IsOriginAlone(string origin, Uri uri) =>
        uri.UserInfo.Length == 0 && !origin.EndsWith('/') && uri.PathAndQuery == "/" && uri.Fragment.Length == 0;
}

namespace Capstan.Server.Security;

/// <summary>Which web pages may use the server: those of this machine, of OpenCode's own applications, and those that were named.</summary>
/// <remarks>
/// An origin is a scheme, a host and a port. One that has more to it was not written by a browser, and is compared with nothing but the
/// names that were given.
/// </remarks>
/// <param name="named">Origins that were allowed with <c>--cors</c>.</param>
internal sealed class OriginRule(IEnumerable<string> named)
{
    private const string Product = "opencode.ai";

    // OpenCode's desktop applications, whose pages have schemes of their own.
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

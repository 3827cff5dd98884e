using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Capstan.Engine.Workspaces;

/// <summary>Makes a project's identifier from a remote's address, the same for every way of writing the address.</summary>
internal static partial class GitRemote
{
    /// <summary>Makes the identifier, a SHA-1 of the address's host and path; null where the address names no host.</summary>
    public static string? ProjectID(string address)
    {
        if (Normalise(address) is not { } name)
            return null;
#pragma warning disable CA5350 // An identifier that other programs compute too, not a protection.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes("git-remote:" + name)));
#pragma warning restore CA5350
    }

    /// <summary>Returns the host in lower case and the path, without user, port, outer slashes and <c>.git</c>.</summary>
    public static string? Normalise(string address)
    {
        address = address.Trim();
        // An address such as "name:path" counts as one with a scheme, even where git would take the name for a host.
        if (Scheme().IsMatch(address))
        {
            return Uri.TryCreate(address, UriKind.Absolute, out var uri) && !uri.IsFile ? Join(uri.Host, uri.AbsolutePath) : null;
        }

        var scp = Scp().Match(address);
        return scp.Success ? Join(scp.Groups["host"].Value, scp.Groups["path"].Value) : null;
    }

    private static string? Join(string host, string path)
    {
        path = path.TrimStart('/');
        var end = path.EndsWith('/') ? path[..^1] : path;
        path = (end.EndsWith(".git", StringComparison.Ordinal) ? end[..^4] : path).TrimEnd('/');
        return host.Length == 0 || path.Length == 0 ? null : $"{host.ToLowerInvariant()}/{path}";
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.\-]*:")]
    private static partial Regex Scheme();

    [GeneratedRegex(@"^([^@/:]+@)?(?<host>[^/:]+):(?<path>.+)$")]
    private static partial Regex Scp();
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Capstan.Server.Replies;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Security;

/// <summary>Decides who may talk to the server at all, before anything else looks at a request.</summary>
/// <remarks>
/// <code>
///   1. Host     a name that is ours: a web page that rebinds its own name to this machine is turned away
///   2. Origin   a web page that is allowed, or no web page; preflights are answered here
///   3. password on every path, when one is set
/// </code>
/// </remarks>
internal sealed class RequestGuard
{
    private static readonly string[] LocalNames = ["localhost", "127.0.0.1", "[::1]"];

    private readonly HashSet<string> _hosts;
    private readonly HashSet<string> _origins;
    private readonly bool _isAnyHost;
    private readonly byte[]? _credentials;

    public RequestGuard(ServerOptions options)
    {
        _origins = new HashSet<string>(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);
        _hosts = new HashSet<string>([.. LocalNames, options.Hostname, .. options.AllowedHosts], StringComparer.OrdinalIgnoreCase);
        // A server that is open to a network is reached by names it cannot know; its password is what protects it.
        _isAnyHost = !string.IsNullOrEmpty(options.Password) && !_hosts.Contains("*")
            ? !IPAddress.TryParse(options.Hostname, out var address) || !IPAddress.IsLoopback(address)
            : _hosts.Contains("*");
        if (!string.IsNullOrEmpty(options.Password))
            _credentials = Encoding.UTF8.GetBytes($"{options.Username}:{options.Password}");
    }

    public RequestDelegate Wrap(RequestDelegate next) => http =>
    {
        var request = http.Request;
        if (!_isAnyHost && !_hosts.Contains(request.Host.Host))
        {
            return http.WriteNamedErrorAsync(
                403,
                "ForbiddenError",
                $"This server does not answer to the name \"{request.Host.Host}\". If it should, start it with --allow-host {request.Host.Host}.");
        }

        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin))
        {
            if (!IsAllowed(origin))
            {
                return http.WriteNamedErrorAsync(
                    403,
                    "ForbiddenError",
                    $"Web pages of {origin} may not use this server. If they should, start it with --cors {origin}.");
            }

            AllowOrigin(http, origin);
            if (HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("access-control-request-method"))
                return AnswerPreflight(http);
        }

        if (_credentials is not null && !IsAuthenticated(request))
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Secure Area\"";
            http.Response.ContentLength = 0;
            return Task.CompletedTask;
        }

        return next(http);
    };

    private static void AllowOrigin(HttpContext http, string origin)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders = "x-next-cursor, link";
    }

    private static Task AnswerPreflight(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = "GET, HEAD, PUT, PATCH, POST, DELETE";
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "86400";
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private bool IsAllowed(string origin)
    {
        if (_origins.Contains(origin) || origin == "tauri://localhost" || origin.StartsWith("oc://renderer", StringComparison.Ordinal))
            return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri))
            return false;
        return uri.Scheme switch
        {
            "http" => uri.Host is "localhost" or "127.0.0.1" or "tauri.localhost",
            "https" => uri.Host is "tauri.localhost" or "opencode.ai" || uri.Host.EndsWith(".opencode.ai", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    private bool IsAuthenticated(HttpRequest request)
    {
        string? token = request.Query["auth_token"];
        if (string.IsNullOrEmpty(token))
        {
            string? header = request.Headers.Authorization;
            if (header?.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) != true)
                return false;
            token = header["Basic ".Length..].Trim();
        }

        var given = new byte[token.Length];
        // In constant time: how long a refusal takes must not tell how much was right.
        return Convert.TryFromBase64String(token, given, out var length)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), _credentials);
    }
}

using Capstan.Server.Replies;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Security;

/// <summary>Decides which requests may use the server at all, before any other code looks at a request.</summary>
/// <remarks>
/// <code>
///   1. Host     must be a name of this server (HostRule)
///   2. Origin   must be allowed, or absent, as it is without a web page (OriginRule); preflights are answered here
///   3. password must be right on every path, when one is set (PasswordRule)
/// </code>
/// </remarks>
internal sealed class RequestGuard(ServerOptions options)
{
    private readonly HostRule _hosts = new(options);
    private readonly OriginRule _origins = new(options.AllowedOrigins);
    private readonly PasswordRule _password = new(options.Username, options.Password);

    public RequestDelegate Wrap(RequestDelegate next) => http =>
    {
        var request = http.Request;
        if (!_hosts.Allows(request.Host.Host))
        {
            return http.WriteNamedErrorAsync(
                403,
                "ForbiddenError",
                $"This server does not answer to the name \"{request.Host.Host}\". If it should, start it with --allow-host {request.Host.Host}.");
        }

        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin))
        {
            if (!_origins.Allows(origin))
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

        return _password.Admits(request) ? next(http) : RefuseAsync(http);
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

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.StatusCode = 401;
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"Secure Area\"";
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}

using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>
/// Serves HEAD requests by the routes of GET; the transport leaves out the body. A route
/// whose body never ends, such as a stream, must ask which of the two a request is.
/// </summary>
internal static class HeadRequests
{
    private static readonly object Key = new();

    /// <summary>Turns HEAD requests into GET requests, so that they find their routes.</summary>
    public static RequestDelegate Wrap(RequestDelegate next) => http =>
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Items[Key] = true;
            http.Request.Method = HttpMethods.Get;
        }

        return next(http);
    };

    /// <summary>Whether the client asked only for the headers.</summary>
    public static bool WantsHeadersOnly(this HttpContext http) => http.Items.ContainsKey(Key);
}

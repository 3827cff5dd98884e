using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>HEAD is GET without a body, which the transport leaves out by itself. What never ends, a stream, must ask which it is.</summary>
internal static class HeadRequests
{
    private static readonly object Key = new();

    /// <summary>Lets HEAD find the routes of GET.</summary>
    public static RequestDelegate Wrap(RequestDelegate next) => http =>
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Items[Key] = true;
            http.Request.Method = HttpMethods.Get;
        }

        return next(http);
    };

    /// <summary>Whether the client asked for the headers alone.</summary>
    public static bool WantsHeadersOnly(this HttpContext http) => http.Items.ContainsKey(Key);
}

using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>Tells which requests come from one client.</summary>
internal static class ClientNames
{
    /// <summary>
    /// The same for all connections of a program: its address and what it calls itself. Two programs may share a name; it is good for
    /// courtesy and not for security.
    /// </summary>
    public static string ClientName(this HttpContext http) => $"{http.Connection.RemoteIpAddress} {http.Request.Headers.UserAgent}";
}

using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>Tells which requests come from the same client.</summary>
internal static class ClientNames
{
    /// <summary>
    /// A name that is the same for all connections of a program: its address and the name that it gives itself. Two programs may
    /// have the same name, so it must not be used for security.
    /// </summary>
    public static string ClientName(this HttpContext http) => $"{http.Connection.RemoteIpAddress} {http.Request.Headers.UserAgent}";
}

using Capstan.Server.Replies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>
/// The route of the API's description. The description is written by hand, and a test compares it with the routes.
/// </summary>
internal static class DocumentationRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        // The description is read on the first request for it, which most servers never get, so that the start stays short.
        var document = new Lazy<ReadOnlyMemory<byte>>(Read);
        routes.MapGet("/doc", http => http.WriteJsonAsync(document.Value));
    }

    private static ReadOnlyMemory<byte> Read()
    {
        using var resource = typeof(DocumentationRoutes).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}

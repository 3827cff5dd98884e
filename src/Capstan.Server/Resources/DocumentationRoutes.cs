using Capstan.Server.Replies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>The API's own description. It is kept by hand beside the routes; a test compares the two.</summary>
internal static class DocumentationRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        // Read when it is first asked for: most servers never are, and the start stays short.
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

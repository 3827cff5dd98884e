using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Server.Replies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of the server as a whole.</summary>
internal static class GlobalRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        var health = JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject { ["healthy"] = true, ["version"] = context.Options.Version }, WireJson.Wire.JsonObject);
        routes.MapGet("/global/health", http => http.WriteJsonAsync(health));
    }
}

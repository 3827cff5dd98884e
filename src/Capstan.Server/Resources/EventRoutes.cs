using Capstan.Server.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of event streams.</summary>
internal static class EventRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/event", async http =>
        {
            // The workspace is loaded first, so that a broken configuration is
            // answered with an error and not with a silent stream.
            var workspace = await context.WorkspaceOfAsync(http);
            await new EventStream(context, http, workspace.Directory, InstanceEncoding.Instance).RunAsync();
        });
        routes.MapGet("/global/event", http => new EventStream(context, http, null, GlobalEncoding.Instance).RunAsync());
    }
}

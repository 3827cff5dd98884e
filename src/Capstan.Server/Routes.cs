using Capstan.Server.Resources;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server;

/// <summary>Maps all routes of the HTTP face; each resource has a file.</summary>
internal static class Routes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        DocumentationRoutes.Map(routes);
        GlobalRoutes.Map(routes, context);
        EventRoutes.Map(routes, context);
        SessionRoutes.Map(routes, context);
        MessageRoutes.Map(routes, context);
        PermissionRoutes.Map(routes, context);
        ConfigurationRoutes.Map(routes, context);
        ProjectRoutes.Map(routes, context);
        FileRoutes.Map(routes, context);
        SearchRoutes.Map(routes, context);
        VersionRoutes.Map(routes, context);
        MetricsRoutes.Map(routes, context);
    }
}

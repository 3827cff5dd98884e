using Capstan.Server.Resources;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server;

/// <summary>All routes of the face, one file a resource.</summary>
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
        MetricsRoutes.Map(routes, context);
    }
}

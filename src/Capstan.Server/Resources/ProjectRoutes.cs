using Capstan.Contract;
using Capstan.Server.Replies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of projects and paths.</summary>
internal static class ProjectRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/project", async http => await http.WriteJsonAsync(
            await context.Engine.Store.ListProjectsAsync(http.RequestAborted), WireJson.Wire.IReadOnlyListProjectInfo));
        routes.MapGet("/project/current", async http =>
        {
            var project = (await context.WorkspaceOfAsync(http)).Project;
            var known = await context.Engine.Store.ListProjectsAsync(http.RequestAborted);
            await http.WriteJsonAsync(
                known.FirstOrDefault(info => info.ID == project.ID) ?? project.ToInfo(context.Engine.Options.Time.GetUtcNow()),
                WireJson.Wire.ProjectInfo);
        });
        routes.MapGet("/path", async http =>
            await http.WriteJsonAsync((await context.WorkspaceOfAsync(http)).Paths, WireJson.Wire.PathInfo));
    }
}

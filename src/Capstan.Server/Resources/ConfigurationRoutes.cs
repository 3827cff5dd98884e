using Capstan.Contract;
using Capstan.Server.Replies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of a workspace's configuration, agents, providers and models.</summary>
internal static class ConfigurationRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/config", async http =>
            await http.WriteJsonAsync((await context.WorkspaceOfAsync(http)).Config.Shared, WireJson.Wire.JsonObject));
        routes.MapGet("/config/providers", async http =>
            await http.WriteJsonAsync((await context.WorkspaceOfAsync(http)).Models.Configured, WireJson.Wire.ConfiguredProviders));
        routes.MapGet("/provider", async http =>
            await http.WriteJsonAsync((await context.WorkspaceOfAsync(http)).Models.List, WireJson.Wire.ProviderList));
        routes.MapGet("/agent", async http =>
            await http.WriteJsonAsync((await context.WorkspaceOfAsync(http)).Agents.Shown, WireJson.Wire.IReadOnlyListAgentInfo));
    }
}

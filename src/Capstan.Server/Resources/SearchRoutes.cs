using Capstan.Contract;
using Capstan.Engine.Browsing;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of searches in a workspace's files.</summary>
internal static class SearchRoutes
{
    private const int DefaultLimit = 10;

    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/find", async http =>
        {
            var pattern = http.QueryText("pattern");
            var workspace = await context.WorkspaceOfAsync(http);
            await http.WriteJsonAsync(
                await context.Engine.Files.FindTextAsync(workspace, pattern, http.RequestAborted), WireJson.Wire.IReadOnlyListTextMatch);
        });
        routes.MapGet("/find/file", http => FindNamesAsync(context, http));
        routes.MapGet("/find/symbol", async http =>
        {
            // Symbols come from language servers, of which there are none, as on an OpenCode without LSP.
            _ = http.QueryText("query");
            await context.WorkspaceOfAsync(http);
            await http.WriteJsonAsync("[]"u8.ToArray());
        });
    }

    private static async Task FindNamesAsync(ServerContext context, HttpContext http)
    {
        var query = http.QueryText("query");
        var limit = http.QueryNumber("limit", 1, WorkspaceFiles.MaxNames) ?? DefaultLimit;
        var hasDirectories = http.QueryWord("dirs", "true", "false") != "false";
        FileNodeType? type = http.QueryWord("type", "file", "directory") switch
        {
            "file" => FileNodeType.File,
            "directory" => FileNodeType.Directory,
            // As in OpenCode, "dirs" only counts where no type is asked for.
            _ => hasDirectories ? null : FileNodeType.File,
        };
        var workspace = await context.WorkspaceOfAsync(http);
        await http.WriteJsonAsync(
            await context.Engine.Files.FindNamesAsync(workspace, query, type, limit, http.RequestAborted), WireJson.Wire.IReadOnlyListString);
    }
}

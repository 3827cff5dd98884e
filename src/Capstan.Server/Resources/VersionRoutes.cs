using System.Text;
using Capstan.Contract;
using Capstan.Engine.Workspaces.Changes;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of version control: where a workspace's checkout stands, and how its files differ.</summary>
internal static class VersionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/vcs", async http => await http.WriteJsonAsync(
            await context.Engine.Changes.DescribeAsync(await context.WorkspaceOfAsync(http), http.RequestAborted), WireJson.Wire.VcsInfo));
        routes.MapGet("/vcs/status", async http => await http.WriteJsonAsync(
            await context.Engine.Changes.ListAsync(await context.WorkspaceOfAsync(http), http.RequestAborted), WireJson.Wire.IReadOnlyListFileDiff));
        routes.MapGet("/vcs/diff", async http =>
        {
            var from = (http.QueryWord("mode", "git", "branch") ?? http.QueryText("mode")) == "git" ? ChangeBase.Commit : ChangeBase.DefaultBranch;
            var lines = http.QueryNumber("context", 0, int.MaxValue) ?? WorkspaceChanges.DefaultContext;
            var workspace = await context.WorkspaceOfAsync(http);
            await http.WriteJsonAsync(
                await context.Engine.Changes.DiffAsync(workspace, from, lines, http.RequestAborted), WireJson.Wire.IReadOnlyListFileDiff);
        });
        routes.MapGet("/vcs/diff/raw", http => WriteRawAsync(context, http));
    }

    /// <summary>Writes all patches as one, which git can apply.</summary>
    private static async Task WriteRawAsync(ServerContext context, HttpContext http)
    {
        var workspace = await context.WorkspaceOfAsync(http);
        var diffs = await context.Engine.Changes.DiffAsync(workspace, ChangeBase.Commit, WorkspaceChanges.DefaultContext, http.RequestAborted);
        http.Response.ContentType = "text/x-diff; charset=utf-8";
        foreach (var diff in diffs)
            await http.Response.WriteAsync(diff.Patch ?? "", Encoding.UTF8, http.RequestAborted);
    }
}

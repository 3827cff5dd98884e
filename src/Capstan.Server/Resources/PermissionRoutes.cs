using System.Buffers;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of permission requests, and of the standing approvals that an answer of "always" creates.</summary>
internal static class PermissionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/permission", http => ListAsync(context, http));
        routes.MapGet("/permission/approval", http => ListApprovalsAsync(context, http));
        routes.MapDelete("/permission/approval/{approvalID}", http => RevokeAsync(context, http));
        routes.MapPost("/permission/{requestID}/reply", async http =>
        {
            var body = await http.ReadJsonAsync(WireJson.Wire.PermissionReplyRequest);
            await ReplyAsync(context, http, "requestID", new PermissionAnswer(body.Reply, body.Message), sessionID: null);
        });
        routes.MapPost("/session/{sessionID}/permissions/{permissionID}", async http =>
        {
            var body = await http.ReadJsonAsync(WireJson.Wire.PermissionResponseRequest);
            // The session in the path may be the one that asks or any of its ancestors,
            // because a client that shows a session also answers for its children.
            await SessionRoutes.WithSessionAsync(context, http, row => ReplyAsync(
                context, http, "permissionID", new PermissionAnswer(body.Response), row.Info.ID));
        });
    }

    private static async Task ListAsync(ServerContext context, HttpContext http)
    {
        var directory = context.DirectoryOf(http);
        var rows = await context.Engine.Store.ListPermissionsAsync(http.RequestAborted);
        http.Response.ContentType = "application/json";
        var output = http.Response.BodyWriter;
        output.Write("["u8);
        var isFirst = true;
        foreach (var row in rows)
        {
            if (row.Directory != directory)
                continue;
            if (!isFirst)
                output.Write(","u8);
            isFirst = false;
            output.Write(row.Json.Span);
        }

        output.Write("]"u8);
        await output.FlushAsync(http.RequestAborted);
    }

    private static async Task ListApprovalsAsync(ServerContext context, HttpContext http)
    {
        var rows = await context.Engine.Store.ListApprovalsAsync(context.DirectoryOf(http), http.RequestAborted);
        await http.WriteJsonAsync(
            [
                .. rows.Select(static row => new PermissionApproval(
                    row.ID, row.Directory, row.Rule.Permission, row.Rule.Pattern, new PermissionApprovalTime(row.Created))),
            ],
            WireJson.Wire.IReadOnlyListPermissionApproval);
    }

    private static async Task RevokeAsync(ServerContext context, HttpContext http)
    {
        if (await http.ReadIdentifierAsync("approvalID", IdentifierPrefix.Approval) is not { } approvalID)
            return;
        if (await context.Engine.Permissions.RevokeAsync(approvalID, http.RequestAborted))
            await http.WriteTrueAsync();
        else
            await http.WriteNotFoundAsync($"Approval not found: {approvalID}");
    }

    private static async Task ReplyAsync(
        ServerContext context, HttpContext http, string name, PermissionAnswer answer, string? sessionID)
    {
        if (await http.ReadIdentifierAsync(name, IdentifierPrefix.Permission) is not { } requestID)
            return;
        if (await context.Engine.Permissions.ReplyAsync(requestID, answer, sessionID, http.RequestAborted))
        {
            await http.WriteTrueAsync();
            return;
        }

        await http.WriteJsonAsync(
            new JsonObject
            {
                ["_tag"] = "PermissionNotFoundError",
                ["requestID"] = requestID,
                ["message"] = sessionID is null
                    ? $"Permission request not found: {requestID}. It may have been answered, or its turn has ended."
                    : $"Permission request not found: {requestID}. It may have been answered, its turn has ended, or it is neither "
                        + $"{sessionID}'s nor of a session below it.",
            },
            WireJson.Wire.JsonObject,
            404);
    }
}

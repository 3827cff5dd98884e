using System.Buffers;
using System.IO.Pipelines;
using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Storage;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of a session's messages and prompts.</summary>
internal static class MessageRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/session/{sessionID}/message", http => SessionRoutes.WithSessionAsync(
            context, http, row => ListAsync(context, http, row.Info.ID)));
        routes.MapGet("/session/{sessionID}/message/{messageID}", http => SessionRoutes.WithSessionAsync(
            context, http, row => GetAsync(context, http, row.Info.ID)));
        routes.MapPost("/session/{sessionID}/message", http => PromptAsync(context, http));
        routes.MapPost("/session/{sessionID}/prompt_async", http => PromptWithoutWaitingAsync(context, http));
        routes.MapGet("/session/{sessionID}/inbox", http => SessionRoutes.WithSessionAsync(
            context, http, row => ListInboxAsync(context, http, row.Info.ID)));
        routes.MapDelete("/session/{sessionID}/inbox/{messageID}", http => SessionRoutes.WithSessionAsync(
            context, http, row => WithdrawAsync(context, http, row.Info.ID)));
    }

    private static async Task ListAsync(ServerContext context, HttpContext http, string sessionID)
    {
        var (isValid, limit) = await http.ReadNumberAsync("limit");
        if (!isValid)
            return;
        string? cursor = http.Request.Query["before"];
        var before = string.IsNullOrEmpty(cursor) ? null : MessageCursor.Read(cursor);
        if (!string.IsNullOrEmpty(cursor) && (before is null || limit is null or 0))
        {
            await http.WriteBadRequestAsync(
                before is null ? "The cursor is not one of ours\n  at [\"before\"]" : "\"before\" needs a \"limit\"\n  at [\"limit\"]", "Query");
            return;
        }

        var page = await context.Engine.Store.ReadMessagesAsync(
            new MessageQuery(sessionID) { Limit = (int?)Math.Min(limit ?? 0, int.MaxValue - 1), Before = before }, http.RequestAborted);
        http.Response.ContentType = "application/json";
        if (page.HasMore)
            WriteNext(http, page.Messages[0]);
        await WriteAllAsync(http.Response.BodyWriter, page.Messages, http.RequestAborted);
    }

    private static async Task WriteAllAsync(
        PipeWriter output, IReadOnlyList<MessageRow> messages, CancellationToken cancellationToken)
    {
        output.Write("["u8);
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            output.Write(messages[i]);
            // Flush at intervals, so that a long history is not held a second time in the connection's buffers.
            if (output.UnflushedBytes > 64 * 1024)
                await output.FlushAsync(cancellationToken);
        }

        output.Write("]"u8);
        await output.FlushAsync(cancellationToken);
    }

    private static void WriteNext(HttpContext http, MessageRow oldest)
    {
        var cursor = MessageCursor.Write(oldest);
        var query = QueryString.Create(http.Request.Query
            .Where(static pair => pair.Key != "before")
            .Append(KeyValuePair.Create("before", new Microsoft.Extensions.Primitives.StringValues(cursor))));
        http.Response.Headers["x-next-cursor"] = cursor;
        http.Response.Headers.Link = $"<{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}{http.Request.Path}{query}>; rel=\"next\"";
    }

    private static async Task GetAsync(ServerContext context, HttpContext http, string sessionID)
    {
        if (await http.ReadIdentifierAsync("messageID", IdentifierPrefix.Message) is not { } messageID)
            return;
        if (await context.Engine.Store.FindMessageAsync(sessionID, messageID, http.RequestAborted) is { } message)
            await WriteAsync(http, message);
        else
            await http.WriteNotFoundAsync($"Message not found: {messageID}");
    }

    private static async Task ListInboxAsync(ServerContext context, HttpContext http, string sessionID)
    {
        var rows = await context.Engine.Store.ReadInboxAsync(sessionID, http.RequestAborted);
        await http.WriteJsonAsync(
            [.. rows.Select(static row => new InboxEntry(row.ID, row.Delivery, row.TurnID is null ? "waiting" : "taken"))],
            WireJson.Wire.IReadOnlyListInboxEntry);
    }

    private static async Task WithdrawAsync(ServerContext context, HttpContext http, string sessionID)
    {
        if (await http.ReadIdentifierAsync("messageID", IdentifierPrefix.Message) is not { } messageID)
            return;
        if (await context.Engine.Prompts.WithdrawAsync(sessionID, messageID, http.RequestAborted) is { } refusal)
            await http.WriteRefusalAsync(refusal);
        else
            await http.WriteTrueAsync();
    }

    private static async Task PromptAsync(ServerContext context, HttpContext http)
    {
        if (await AdmitAsync(context, http) is not var (sessionID, accepted))
            return;
        var messageID = accepted.MessageID;
        if (accepted.TurnEnded is { } turn)
        {
            if (!await new KeepAlive(http, context).UntilAsync(turn))
                return;
            messageID = (await turn).MessageID;
            await OwnReaders.LetReadAsync(context, http);
        }

        var message = accepted.Injected;
        if (message is null && messageID is not null)
            message = await context.Engine.Store.FindMessageAsync(sessionID, messageID, http.RequestAborted);
        if (message is not null)
            await WriteAsync(http, message);
        else if (!http.Response.HasStarted)
            await http.WriteNotFoundAsync("The session was deleted, or the server is stopping; the prompt stays in the store in that case.");
        else
            await http.Response.BodyWriter.WriteAsync("null"u8.ToArray(), http.RequestAborted);
    }

    private static async Task PromptWithoutWaitingAsync(ServerContext context, HttpContext http)
    {
        if (await AdmitAsync(context, http) is not null)
            http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>
    /// Admits the prompt of a request. Null means that an answer was written which says why the prompt was refused.
    /// </summary>
    private static async Task<(string SessionID, AdmissionResult.Accepted Accepted)?> AdmitAsync(ServerContext context, HttpContext http)
    {
        if (await http.ReadIdentifierAsync("sessionID", IdentifierPrefix.Session) is not { } sessionID)
            return null;
        var request = await http.ReadJsonAsync(WireJson.Wire.PromptRequest);
        switch (await context.Engine.Prompts.AdmitAsync(sessionID, request, http.RequestAborted))
        {
            case AdmissionResult.Accepted accepted:
                return (sessionID, accepted);
            case AdmissionResult.Refused { Refusal: var refusal }:
                await http.WriteRefusalAsync(refusal);
                break;
        }

        return null;
    }

    private static async Task WriteAsync(HttpContext http, MessageRow message)
    {
        if (!http.Response.HasStarted)
            http.Response.ContentType = "application/json";
        http.Response.BodyWriter.Write(message);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}

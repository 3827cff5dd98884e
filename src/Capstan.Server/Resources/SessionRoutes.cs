using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Storage;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Capstan.Server.Resources;

/// <summary>Routes of sessions.</summary>
internal static class SessionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapPost("/session", http => CreateAsync(context, http));
        routes.MapGet("/session", http => ListAsync(context, http));
        routes.MapGet("/session/status", http => StatusAsync(context, http));
        routes.MapGet("/session/{sessionID}", http => WithSessionAsync(
            context, http, row => http.WriteJsonAsync(row.Info, WireJson.Wire.SessionInfo)));
        routes.MapPatch("/session/{sessionID}", http => UpdateAsync(context, http));
        routes.MapDelete("/session/{sessionID}", http => DeleteAsync(context, http));
        routes.MapGet("/session/{sessionID}/children", http => WithSessionAsync(
            context, http, row => ListAsync(context, http, new SessionQuery { ParentID = row.Info.ID, Limit = int.MaxValue })));
        routes.MapGet("/session/{sessionID}/todo", http => WithSessionAsync(context, http, async row =>
            await http.WriteJsonAsync(await context.Engine.Store.FindTodosAsync(row.Info.ID, http.RequestAborted) ?? "[]"u8.ToArray())));
        routes.MapPost("/session/{sessionID}/abort", http => AbortAsync(context, http));
    }

    /// <summary>
    /// Answers a request with a stored session, or with an error where its identifier is wrong or the session does not exist.
    /// </summary>
    public static async Task WithSessionAsync(ServerContext context, HttpContext http, Func<SessionRow, Task> answer)
    {
        if (await http.ReadIdentifierAsync("sessionID", IdentifierPrefix.Session) is not { } sessionID)
            return;
        if (await context.Engine.Store.FindSessionAsync(sessionID, http.RequestAborted) is { } row)
            await answer(row);
        else
            await http.WriteRefusalAsync(Refusal.NoSession(sessionID));
    }

    /// <summary>Refuses null among the rules, because the serializer does not check the elements of a list for null.</summary>
    private static void RequireRules(IReadOnlyList<PermissionRule>? rules)
    {
        for (var i = 0; i < rules?.Count; i++)
        {
            if (rules[i] is null)
                throw new InvalidBodyException($"Expected a rule, got null\n  at [\"permission\"][{i}]");
        }
    }

    private static async Task CreateAsync(ServerContext context, HttpContext http)
    {
        var request = await http.ReadOptionalJsonAsync(WireJson.Wire.CreateSessionRequest) ?? new CreateSessionRequest();
        RequireRules(request.Permission);
        var workspace = await context.WorkspaceOfAsync(http);
        var (session, refusal) = await context.Engine.Sessions.CreateAsync(workspace, request, http.RequestAborted);
        if (session is null)
            await http.WriteRefusalAsync(refusal!);
        else
            await http.WriteJsonAsync(session, WireJson.Wire.SessionInfo);
    }

    private static async Task ListAsync(ServerContext context, HttpContext http)
    {
        var query = http.Request.Query;
        var (isStartValid, start) = await http.ReadNumberAsync("start");
        if (!isStartValid)
            return;
        var (isLimitValid, limit) = await http.ReadNumberAsync("limit");
        if (!isLimitValid)
            return;
        var workspace = await context.WorkspaceOfAsync(http);
        string? directory = query["directory"];
        string? path = query["path"];
        var isProjectWide = query["scope"] == "project" || !string.IsNullOrEmpty(path);
        await ListAsync(context, http, new SessionQuery
        {
            ProjectID = workspace.Project.ID,
            // As on OpenCode's wire, a query without a directory lists all sessions of the project.
            Directory = string.IsNullOrEmpty(directory) || isProjectWide ? null : workspace.Directory,
            Path = string.IsNullOrEmpty(path) ? null : path,
            RootsOnly = query["roots"] == "true",
            UpdatedSince = start,
            Search = query["search"] is { Count: > 0 } search && search[0]!.Length > 0 ? search[0] : null,
            Limit = (int)Math.Clamp(limit ?? 100, 1, 10_000),
        });
    }

    private static async Task ListAsync(ServerContext context, HttpContext http, SessionQuery query)
    {
        var rows = await context.Engine.Store.ListSessionsAsync(query, http.RequestAborted);
        await http.WriteJsonAsync([.. rows.Select(static row => row.Info)], WireJson.Wire.IReadOnlyListSessionInfo);
    }

    private static async Task StatusAsync(ServerContext context, HttpContext http)
    {
        var directory = context.DirectoryOf(http);
        var rows = await context.Engine.Store.ListActiveSessionsAsync(http.RequestAborted);
        await http.WriteJsonAsync(
            rows.Where(row => row.Info.Directory == directory).ToDictionary(static row => row.Info.ID, context.Engine.Activities.Describe),
            WireJson.Wire.DictionaryStringSessionStatus);
    }

    private static async Task UpdateAsync(ServerContext context, HttpContext http)
    {
        if (await http.ReadIdentifierAsync("sessionID", IdentifierPrefix.Session) is not { } sessionID)
            return;
        var request = await http.ReadJsonAsync(WireJson.Wire.UpdateSessionRequest);
        RequireRules(request.Permission);
        if (await context.Engine.Sessions.UpdateAsync(sessionID, request, http.RequestAborted) is { } session)
            await http.WriteJsonAsync(session, WireJson.Wire.SessionInfo);
        else
            await http.WriteRefusalAsync(Refusal.NoSession(sessionID));
    }

    private static async Task DeleteAsync(ServerContext context, HttpContext http)
    {
        if (await http.ReadIdentifierAsync("sessionID", IdentifierPrefix.Session) is not { } sessionID)
            return;
        if (await context.Engine.Sessions.DeleteAsync(sessionID, http.RequestAborted))
            await http.WriteTrueAsync();
        else
            await http.WriteRefusalAsync(Refusal.NoSession(sessionID));
    }

    private static async Task AbortAsync(ServerContext context, HttpContext http)
    {
        if (await http.ReadIdentifierAsync("sessionID", IdentifierPrefix.Session) is not { } sessionID)
            return;
        // An idle or missing session is no error: what the client wants, that no turn runs, is true already.
        await context.Engine.Turns.AbortAsync(sessionID, http.RequestAborted);
        await http.WriteTrueAsync();
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Browsing;
using Capstan.Server.Replies;
using Capstan.Server.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticFiles;

namespace Capstan.Server.Resources;

/// <summary>Routes of a workspace's files.</summary>
internal static class FileRoutes
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly FileExtensionContentTypeProvider Types = new();

    public static void Map(IEndpointRouteBuilder routes, ServerContext context)
    {
        routes.MapGet("/file", async http =>
        {
            var path = http.QueryText("path");
            var workspace = await context.WorkspaceOfAsync(http);
            await http.WriteJsonAsync(context.Engine.Files.List(workspace, path, http.RequestAborted), WireJson.Wire.IReadOnlyListFileNode);
        });
        routes.MapGet("/file/content", async http =>
        {
            var path = http.QueryText("path");
            var workspace = await context.WorkspaceOfAsync(http);
            using var file = context.Engine.Files.Open(workspace, path, http.RequestAborted);
            await WriteAsync(http, path, file);
        });
        routes.MapGet("/file/status", async http =>
        {
            var workspace = await context.WorkspaceOfAsync(http);
            var changes = await context.Engine.Changes.ListAsync(workspace, http.RequestAborted);
            // Clients read and list files by paths below the workspace's directory, and git tells paths below the worktree.
            var above = workspace.RelativePath.Length == 0 ? 0 : workspace.RelativePath.Length + 1;
            await http.WriteJsonAsync(
                [.. changes.Select(change => new FileChange(change.File![above..], change.Additions, change.Deletions, change.Status!))],
                WireJson.Wire.IReadOnlyListFileChange);
        });
    }

    /// <summary>Writes a file piece by piece. As in OpenCode, a file that is not there is an empty text.</summary>
    private static async Task WriteAsync(HttpContext http, string path, BrowsedFile? file)
    {
        http.Response.ContentType = "application/json";
        var output = http.Response.BodyWriter;
        await using var writer = new Utf8JsonWriter(output, Json);
        writer.WriteStartObject();
        writer.WriteString("type", file is { IsText: false } ? "binary" : "text");
        writer.WritePropertyName("content");
        foreach (var piece in file?.Read() ?? [])
        {
            if (file!.IsText)
                writer.WriteStringValueSegment(piece.Span, isFinalSegment: false);
            else
                writer.WriteBase64StringSegment(piece.Span, isFinalSegment: false);
            writer.Flush();
            await output.FlushAsync(http.RequestAborted);
        }

        if (file is { IsText: false })
        {
            writer.WriteBase64StringSegment([], isFinalSegment: true);
            writer.WriteString("encoding", "base64");
            writer.WriteString("mimeType", Types.TryGetContentType(path, out var type) ? type : "application/octet-stream");
        }
        else
        {
            writer.WriteStringValueSegment(ReadOnlySpan<byte>.Empty, isFinalSegment: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        await output.FlushAsync(http.RequestAborted);
    }
}

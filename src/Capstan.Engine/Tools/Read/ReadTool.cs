using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Files;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Read;

/// <summary>Shows a file or the entries of a directory.</summary>
internal sealed class ReadTool : ITool
{
    private const int PreviewLines = 20;

    // An attachment is held in memory as a whole, in Base64, and sent to the model. No provider takes more than this.
    private const int MaxAttachment = 32 * 1024 * 1024;

    public ToolDefinition Definition { get; } = new(
        "read",
        """
        Reads a file, or lists a directory.

        - Text comes with line numbers: `12: text`. The number, the colon and the space are not part of the file.
        - Up to 2000 lines and 50 KB are returned at once, and up to 2000 characters of a line. Use `offset` (the first line, from 1) and `limit` to read further; the last line of the result says how.
        - Images (PNG, JPEG, GIF, WebP) and PDF files are returned as attachments; other binary files are refused.
        - A directory's entries are sorted, and directories end with `/`.
        - Relative paths start at the session's directory. Read several files in one message when you know that you need them. To find a place in large files, use grep.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "filePath": { "type": "string", "description": "The file or directory, absolute or from the session's directory." },
            "offset": { "minimum": 0, "type": "integer", "maximum": 9007199254740991, "description": "The first line or entry, from 1." },
            "limit": { "minimum": 0, "type": "integer", "maximum": 9007199254740991, "description": "How many; 2000 if not given." }
          },
          "required": ["filePath"]
        }
        """),
        HasSideEffects: false);

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        var path = ToolPath.From(input.Text("filePath"), context);
        var isDirectory = Directory.Exists(path.Resolved);
        await path.AskExternalAsync(context, isDirectory, cancellationToken);
        await context.AskAsync(
            new PermissionAsk("read", path.Patterns(context), ["*"], new JsonObject()), cancellationToken);
        path.Confirm();

        var range = new ReadRange(Math.Max(input.OptionalInteger("offset") ?? 1, 1), input.OptionalInteger("limit") ?? ReadRange.DefaultLimit);
        try
        {
            if (Directory.Exists(path.Resolved))
                return DirectoryListing.Read(path.Resolved, range).ToResult(path, range, context);
            if (!File.Exists(path.Resolved))
                throw new ToolException(MissingFile.Describe(path));
            return ReadFile(path, range, context, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot read {path.Named}: {error.Message}", error);
        }
    }

    private static ToolResult ReadFile(
        ToolPath path, ReadRange range, ToolContext context, CancellationToken cancellationToken)
    {
        using var file = RegularFile.OpenResolved(path.Resolved);
        var first = FileKind.FirstBytes(file);
        if (FileKind.AttachmentType(first) is { } mime)
            return Attachment(path, mime, RegularFile.ReadBytes(file, MaxAttachment), context);

        return FileKind.IsBinary(path.Named, first)
            ? throw new ToolException($"Cannot read binary file: {path.Named}")
            : ShowLines(path, NumberedLines.Read(new LineReader(file), range, context.Limits.MaxBytes, cancellationToken), context);
    }

    private static ToolResult ShowLines(ToolPath path, NumberedLines lines, ToolContext context)
    {
        if (lines.Problem is { } problem)
            throw new ToolException(problem);
        var isTruncated = lines.IsCapped || lines.HasMore;
        return new ToolResult(path.Relative(context), lines.Show(path.Named), new JsonObject
        {
            ["preview"] = string.Join('\n', lines.Lines.Take(PreviewLines)),
            ["truncated"] = isTruncated,
            ["loaded"] = new JsonArray(),
            ["display"] = new JsonObject
            {
                ["type"] = "file",
                ["path"] = path.Named,
                ["text"] = string.Join('\n', lines.Lines),
                ["lineStart"] = lines.First,
                ["lineEnd"] = lines.Last,
                ["totalLines"] = lines.Total,
                ["truncated"] = isTruncated,
            },
        });
    }

    private static ToolResult Attachment(ToolPath path, string mime, ReadOnlySpan<byte> content, ToolContext context)
    {
        var text = mime == "application/pdf" ? "PDF read successfully" : "Image read successfully";
        return new ToolResult(path.Relative(context), text, new JsonObject
        {
            ["preview"] = text,
            ["truncated"] = false,
            ["loaded"] = new JsonArray(),
        })
        {
            Attachments = [new ToolAttachment(mime, $"data:{mime};base64,{Convert.ToBase64String(content)}")],
        };
    }
}

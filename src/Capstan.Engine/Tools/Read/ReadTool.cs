using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Files;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Read;

/// <summary>Shows a file or the entries of a directory.</summary>
internal sealed class ReadTool : ITool
{
    private const int PreviewLines = 20;

    // An attachment is held whole, in Base64, and sent to the model; more than this no provider takes.
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

        var range = new ReadRange(Math.Max(input.OptionalInteger("offset") ?? 1, 1), input.OptionalInteger("limit") ?? 2000);
        try
        {
            if (Directory.Exists(path.Resolved))
                return DirectoryListing.Read(path, range, context);
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
            : ReadText(path, new LineReader(file), range, context, cancellationToken);
    }

    private static ToolResult ReadText(
        ToolPath path, LineReader lines, ReadRange range, ToolContext context, CancellationToken cancellationToken)
    {
        var shown = new List<string>();
        var bytes = 0;
        long total = 0;
        var (capped, more) = (false, false);
        while (!capped && lines.Next(keep: total + 1 >= range.Offset && shown.Count < range.Limit, cancellationToken))
        {
            total++;
            if (total < range.Offset)
                continue;
            if (shown.Count >= range.Limit)
            {
                more = true;
                continue;
            }

            var line = lines.Line();
            bytes += Encoding.UTF8.GetByteCount(line) + (shown.Count > 0 ? 1 : 0);
            // What lies beyond is not counted: nobody waits for the end of a file of gigabytes to learn how long it is.
            capped = bytes > context.Limits.MaxBytes;
            if (!capped)
                shown.Add(line);
        }

        if (range.Offset > total && !(total == 0 && range.Offset == 1))
        {
            throw new ToolException($"The offset {Number(range.Offset)} is beyond the end of the file, which has {Number(total)} lines");
        }

        var last = range.Offset + shown.Count - 1;
        var footer = capped
            ? $"(Output capped at 50 KB. Showing lines {Number(range.Offset)}-{Number(last)}. Use offset={Number(last + 1)} to continue.)"
            : more
                ? $"(Showing lines {Number(range.Offset)}-{Number(last)} of {Number(total)}. Use offset={Number(last + 1)} to continue.)"
                : $"(End of file - total {Number(total)} lines)";
        var output = new StringBuilder($"<path>{path.Named}</path>\n<type>file</type>\n<content>\n");
        for (var i = 0; i < shown.Count; i++)
            output.Append(i > 0 ? "\n" : "").Append(Number(range.Offset + i)).Append(": ").Append(shown[i]);
        output.Append("\n\n").Append(footer).Append("\n</content>");
        return new ToolResult(path.Relative(context), output.ToString(), new JsonObject
        {
            ["preview"] = string.Join('\n', shown.Take(PreviewLines)),
            ["truncated"] = capped || more,
            ["loaded"] = new JsonArray(),
            ["display"] = new JsonObject
            {
                ["type"] = "file",
                ["path"] = path.Named,
                ["text"] = string.Join('\n', shown),
                ["lineStart"] = range.Offset,
                ["lineEnd"] = last,
                ["totalLines"] = total,
                ["truncated"] = capped || more,
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

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Write;

/// <summary>Creates a file or replaces all of it.</summary>
internal sealed class WriteTool(FileLocks locks) : ITool
{
    public ToolDefinition Definition { get; } = new(
        "write",
        """
        Writes a text file, replacing the whole of it if it exists and creating missing directories above it.

        - Use edit for a change to a part of a file; write is for new files and for those that become entirely different.
        - Read an existing file before you replace it, so that nothing is lost that should have stayed.
        - Relative paths start at the session's directory.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "content": { "type": "string", "description": "The file's new text." },
            "filePath": { "type": "string", "description": "The file, absolute or from the session's directory." }
          },
          "required": ["content", "filePath"]
        }
        """),
        HasSideEffects: true) { Permission = "edit", IsOfferedTo = PatchingModels.Excludes };

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        var path = ToolPath.From(input.Text("filePath"), context);
        await path.AskExternalAsync(context, isDirectory: false, cancellationToken);
        if (Directory.Exists(path.Resolved))
        {
            throw new ToolException($"This is a directory and cannot be written as a file: {path.Named}");
        }

        var content = input.Text("content");
        // A byte order mark at the beginning of the content is the file's own mark, so it must not be written a second time.
        var marked = content.StartsWith('\uFEFF');
        content = marked ? content[1..] : content;

        var old = TextFile.Read(path);
        var diff = UnifiedDiff.Between(path.Named, old?.Text ?? "", content);
        await context.AskAsync(
            new PermissionAsk(
                "edit", path.Patterns(context), ["*"], new JsonObject { ["filepath"] = path.Named, ["diff"] = diff.Patch }),
            cancellationToken);

        bool existed;
        using (await locks.EnterAsync(path.Resolved, cancellationToken))
        {
            old = TextFile.Read(path);
            existed = old is not null;
            await context.BeginEffectAsync(cancellationToken);
            TextFile.Write(path, content, marked || old is { HasMark: true });
        }

        await context.FileChangedAsync(path.Named, existed, cancellationToken);
        return new ToolResult(path.Relative(context), "Wrote file successfully.", new JsonObject
        {
            ["diagnostics"] = new JsonObject(),
            ["filepath"] = path.Named,
            ["exists"] = existed,
            ["truncated"] = false,
        });
    }
}

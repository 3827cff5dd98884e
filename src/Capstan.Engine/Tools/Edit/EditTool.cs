using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Edit;

/// <summary>Replaces a text in a file.</summary>
internal sealed class EditTool(FileLocks locks) : ITool
{
    public ToolDefinition Definition { get; } = new(
        "edit",
        """
        Replaces a piece of text in a file.

        - Read the file first. Give `oldString` exactly as the file has it, with its indentation, and without the line numbers that read puts in front.
        - `oldString` must occur once. Add lines around it until it does, or set `replaceAll` to change every occurrence, for example to rename something.
        - An empty `oldString` creates a new file with `newString` as its text.
        - The file's line endings and byte order mark stay as they are. Relative paths start at the session's directory.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "filePath": { "type": "string", "description": "The file, absolute or from the session's directory." },
            "oldString": { "type": "string", "description": "The text to replace." },
            "newString": { "type": "string", "description": "What comes in its place; must differ from oldString." },
            "replaceAll": { "type": "boolean", "description": "Replace every occurrence; false if not given." }
          },
          "required": ["filePath", "oldString", "newString"]
        }
        """),
        HasSideEffects: true) { IsOfferedTo = PatchingModels.Excludes };

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        var path = ToolPath.From(input.Text("filePath"), context);
        var (oldText, newText, all) = (input.Text("oldString"), input.Text("newString"), input.Flag("replaceAll"));
        if (oldText == newText)
        {
            throw new ToolException("Nothing to change: oldString and newString are the same.");
        }

        await path.AskExternalAsync(context, isDirectory: false, cancellationToken);
        var (before, after) = Change(path, oldText, newText, all, cancellationToken);
        var diff = UnifiedDiff.Between(path.Named, before?.Text ?? "", after);
        await context.AskAsync(
            new PermissionAsk(
                "edit", path.Patterns(context), ["*"], new JsonObject { ["filepath"] = path.Named, ["diff"] = diff.Patch }),
            cancellationToken);

        // The file is not locked while a person decides, so the change is made
        // anew on what the file holds now, and writes of others are kept.
        using (await locks.EnterAsync(path.Resolved, cancellationToken))
        {
            var shown = before?.Text;
            (before, after) = Change(path, oldText, newText, all, cancellationToken);
            if (before?.Text != shown)
                diff = UnifiedDiff.Between(path.Named, before?.Text ?? "", after);
            await context.BeginEffectAsync(cancellationToken);
            TextFile.Write(path, after, before is { HasMark: true });
        }

        await context.FileChangedAsync(path.Named, before is not null, cancellationToken);
        await context.ReportAsync(null, Metadata(path, diff), cancellationToken);
        var metadata = Metadata(path, diff);
        metadata["truncated"] = false;
        return new ToolResult(path.Relative(context), "Edit applied successfully.", metadata);
    }

    private static (TextFile? Before, string After) Change(
        ToolPath path, string oldText, string newText, bool all, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path.Resolved))
        {
            throw new ToolException($"This is a directory and no file: {path.Named}");
        }

        if (TextFile.Read(path) is not { } file)
        {
            return oldText.Length == 0 ? (null, newText) : throw new ToolException($"File not found: {path.Named}");
        }

        if (oldText.Length == 0)
        {
            throw new ToolException(
                "The file exists, so oldString must say which part of it to replace. To replace all of it use the write tool.");
        }

        if (!file.IsExact)
        {
            throw new ToolException($"The file is not UTF-8 text, and editing it would damage it: {path.Named}");
        }

        return (file, EditMatcher.Replace(file.Text, oldText, newText, all, EditBudget.For(file.Text, oldText, cancellationToken)));
    }

    private static JsonObject Metadata(ToolPath path, UnifiedDiff diff) => new()
    {
        ["diagnostics"] = new JsonObject(),
        ["diff"] = diff.Patch,
        ["filediff"] = new JsonObject
        {
            ["file"] = path.Named,
            ["patch"] = diff.Patch,
            ["additions"] = diff.Additions,
            ["deletions"] = diff.Deletions,
        },
    };
}

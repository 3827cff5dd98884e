using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;
using Capstan.Engine.Searching;

namespace Capstan.Engine.Tools.Glob;

/// <summary>Finds files by name.</summary>
internal sealed class GlobTool : ITool
{
    private const int Limit = 100;

    public ToolDefinition Definition { get; } = new(
        "glob",
        """
        Finds files by name, in any size of project.

        - Patterns are such as `*.cs` (at any depth), `src/**/*.test.ts` (from the directory searched) or `*.{yml,yaml}`.
        - Returns absolute paths, sorted, 100 at most. Files that ignore files such as .gitignore name are left out, and hidden ones unless the pattern begins with a dot, too.
        - To find files by what is in them use grep. Ask for several patterns in one message if you are not sure of the name.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "pattern": { "type": "string", "description": "The pattern of names or paths." },
            "path": { "type": "string", "description": "The directory to search; the session's directory if not given." }
          },
          "required": ["pattern"]
        }
        """),
        HasSideEffects: false);

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        var pattern = input.Text("pattern");
        var root = ToolPath.From(input.OptionalText("path") ?? context.Directory, context);
        await root.AskExternalAsync(context, isDirectory: true, cancellationToken);
        var metadata = new JsonObject { ["pattern"] = pattern };
        if (input.OptionalText("path") is { } given)
            metadata["path"] = given;
        await context.AskAsync(new PermissionAsk("glob", [pattern], ["*"], metadata), cancellationToken);
        root.Confirm();
        if (!Directory.Exists(root.Resolved))
        {
            throw new ToolException(File.Exists(root.Resolved)
                ? $"The path to search must be a directory, and this is a file: {root.Named}"
                : $"The directory to search does not exist: {root.Named}");
        }

        var tree = await FileWalk.RunAsync(root.Resolved, Parse(FromRoot(pattern, root)), hidden: false, cancellationToken);
        var found = tree.Paths().Where(path => !FileWalk.IsLink(path)).Take(Limit + 1).ToList();
        var truncated = found.Count > Limit;
        var output = new StringBuilder();
        foreach (var path in found.Take(Limit))
            output.Append(output.Length > 0 ? "\n" : "").Append(root.Named == "/" ? "" : root.Named).Append(path.AsSpan(root.Resolved == "/" ? 0 : root.Resolved.Length));
        if (found.Count == 0)
            output.Append("No files found");
        if (truncated)
            output.Append("\n\n(Only the first 100 files are shown. A narrower pattern or path finds the others.)");
        return new ToolResult(root.Relative(context), output.ToString(), new JsonObject
        {
            ["count"] = Math.Min(found.Count, Limit),
            ["truncated"] = truncated,
        });
    }

    // Models repeat absolute paths that they were shown, but a pattern is matched with paths below the root.
    private static string FromRoot(string pattern, ToolPath root) =>
        pattern.StartsWith(root.Named + "/", StringComparison.Ordinal) ? pattern[root.Named.Length..] : pattern;

    private static FileGlob Parse(string pattern)
    {
        try
        {
            return FileGlob.Parse(pattern);
        }
        catch (SearchPatternException error)
        {
            throw new ToolException(error.Message, error);
        }
    }
}

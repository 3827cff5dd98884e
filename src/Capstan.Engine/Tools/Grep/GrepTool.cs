using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Capstan.Engine.Files;
using Capstan.Engine.Permissions;
using Capstan.Engine.Searching;

namespace Capstan.Engine.Tools.Grep;

/// <summary>Finds lines by a regular expression.</summary>
internal sealed class GrepTool(TimeProvider time) : ITool
{
    private const int Limit = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public ToolDefinition Definition { get; } = new(
        "grep",
        """
        Finds lines in files by a regular expression, in any size of project.

        - The pattern is matched within single lines and is case-sensitive; begin it with `(?i)` if case does not matter. Escape characters such as `(`, `.` and `{` to search for themselves. Backreferences and lookarounds are not supported.
        - `include` narrows the files, for example `*.cs` or `*.{ts,tsx}`; `path` is a directory or a single file.
        - Returns up to 100 lines with their files and numbers, sorted by path. Files that ignore files such as .gitignore name and binary files are left out; hidden files are searched.
        - To find files by name use glob.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "pattern": { "type": "string", "description": "The regular expression." },
            "path": { "type": "string", "description": "The directory or file to search; the session's directory if not given." },
            "include": { "type": "string", "description": "Which files, by a glob pattern." }
          },
          "required": ["pattern"]
        }
        """),
        HasSideEffects: false);

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        var text = input.Text("pattern");
        if (text.Length == 0)
        {
            throw new ToolException("The pattern is empty");
        }

        var root = ToolPath.From(input.OptionalText("path") ?? context.Directory, context);
        var isDirectory = Directory.Exists(root.Resolved);
        await root.AskExternalAsync(context, isDirectory, cancellationToken);
        await context.AskAsync(new PermissionAsk("grep", [text], ["*"], Asked(input)), cancellationToken);
        root.Confirm();

        using var deadline = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var pattern = TextPattern.Parse(text);
            var paths = await FilesAsync(root, input.OptionalText("include"), stop.Token);
            var found = await new TreeSearch<GrepMatch>(pattern, Limit + 1, GrepMatch.From).RunAsync(paths, stop.Token);
            return Result(text, root, found);
        }
        catch (SearchPatternException error)
        {
            throw new ToolException(error.Message, error);
        }
        catch (Exception error) when (error is RegexMatchTimeoutException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ToolException("The search took too long and was stopped. Use a simpler pattern or a narrower path.", error);
        }
    }

    private static async Task<IEnumerable<string>> FilesAsync(ToolPath root, string? include, CancellationToken cancellationToken)
    {
        if (RegularFile.Exists(root.Resolved))
            return [root.Resolved];
        if (!Directory.Exists(root.Resolved))
            throw new ToolException($"There is no directory and no regular file to search: {root.Named}");
        var wanted = include is null ? null : FileGlob.Parse(include);
        var tree = await FileWalk.RunAsync(root.Resolved, wanted, hidden: true, cancellationToken);
        return tree.Paths();
    }

    private static ToolResult Result(string pattern, ToolPath root, IReadOnlyList<(string Path, List<GrepMatch> Matches)> found)
    {
        var count = Math.Min(found.Sum(file => file.Matches.Count), Limit);
        var truncated = found.Sum(file => file.Matches.Count) > Limit;
        var output = new StringBuilder(count == 0 ? "No files found"
            : $"Found {count.ToString(CultureInfo.InvariantCulture)} matches{(truncated ? " (more matches available)" : "")}");
        var left = count;
        foreach (var (path, matches) in found)
        {
            if (left == 0)
                break;
            // Paths are shown below the name that the model gave, not below the directory that its links lead to.
            output.Append(left < count ? "\n" : "").Append('\n')
                .Append(root.Named == "/" ? "" : root.Named).Append(path.AsSpan(root.Resolved == "/" ? 0 : root.Resolved.Length)).Append(':');
            foreach (var match in matches.Take(left))
                output.Append("\n  Line ").Append(CultureInfo.InvariantCulture, $"{match.Line}").Append(": ").Append(match.Text);
            left -= Math.Min(left, matches.Count);
        }

        if (truncated)
            output.Append("\n\n(Only the first 100 matches are shown. A narrower pattern, path or include finds the others.)");
        return new ToolResult(pattern, output.ToString(), new JsonObject { ["matches"] = count, ["truncated"] = truncated });
    }

    private static JsonObject Asked(JsonElement input)
    {
        var metadata = new JsonObject { ["pattern"] = input.Text("pattern") };
        foreach (var name in (string[])["path", "include"])
        {
            if (input.OptionalText(name) is { } value)
                metadata[name] = value;
        }

        return metadata;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>Changes several files at once, by a patch in the form that GPT models are trained to write.</summary>
internal sealed class ApplyPatchTool(FileLocks locks) : ITool
{
    public ToolDefinition Definition { get; } = new(
        "apply_patch",
        """
        Adds, changes, moves and deletes text files by one patch. Either all of the patch is applied or nothing of it.

        ```
        *** Begin Patch
        *** Add File: docs/new.md
        +First line of the new file
        *** Update File: src/shapes.py
        *** Move to: src/figures.py
        @@ class Circle
        @@ def area(self):
             radius = self.radius
        -    return radius * 3
        +    return radius * radius * math.pi
        *** Delete File: old.txt
        *** End Patch
        ```

        - In a new file every line begins with `+`. A file that exists is replaced.
        - In an updated file every line begins with a blank (it stays), `-` (it goes) or `+` (it comes). Give about three lines that stay above and below each change, as they are in the file.
        - `@@` begins each further place in a file, in the order of the file. Where the lines alone do not say which place is meant, put a line that stands above it, such as the head of a class or a function, after `@@`; one `@@` line for each level.
        - `*** End of File` below the lines of a place says that they are the last ones of the file.
        - `*** Move to:` needs no other change below it. The new path must be free.
        - Relative paths start at the session's directory.
        """,
        ToolSchema.Parse("""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "object",
          "properties": {
            "patchText": { "type": "string", "description": "The whole patch, from *** Begin Patch to *** End Patch." }
          },
          "required": ["patchText"]
        }
        """),
        HasSideEffects: true) { Permission = "edit", IsOfferedTo = PatchingModels.Includes };

    public async Task<ToolResult> ExecuteAsync(JsonElement input, ToolContext context, CancellationToken cancellationToken)
    {
        // 1. Read the patch, and find out which files it is about.
        var changes = PatchReader.Read(input.Text("patchText"));
        var paths = new Dictionary<string, ToolPath>(StringComparer.Ordinal);
        foreach (var name in changes.SelectMany(Names))
            paths.TryAdd(name, ToolPath.From(name, context));

        // 2. Ask, first for directories outside the workspace: their files are not even read before.
        foreach (var path in paths.Values.DistinctBy(static path => Path.GetDirectoryName(path.Resolved)))
            await path.AskExternalAsync(context, isDirectory: false, cancellationToken);
        var plan = PatchPlan.Make(changes, name => paths[name], cancellationToken);
        await context.AskAsync(Ask(plan, paths.Values, context), cancellationToken);

        // 3. Write, with all files locked. They were not while a person decided, so the plan is made anew on what they hold now.
        using (await locks.EnterAllAsync(paths.Values.Select(static path => path.Resolved), cancellationToken))
        {
            plan = PatchPlan.Make(changes, name => paths[name], cancellationToken);
            await context.BeginEffectAsync(cancellationToken);
            // From here on an abort does not stop the call: it would leave half of the patch.
            foreach (var (path, existed, exists) in plan.Write())
                await TellAsync(context, path, existed, exists);
        }

        // 4. Tell.
        var text = "Success. Updated the following files:\n"
            + string.Join('\n', plan.Changes.Select(file => $"{file.Letter} {file.Final.Relative(context)}"));
        var metadata = Metadata(plan, context);
        metadata["diagnostics"] = new JsonObject();
        metadata["truncated"] = false;
        return new ToolResult(text, text, metadata);
    }

    private static IEnumerable<string> Names(PatchChange change) =>
        change is PatchChange.Update { MoveTo: { } target } ? [change.Path, target] : [change.Path];

    private static ValueTask TellAsync(ToolContext context, ToolPath path, bool existed, bool exists) =>
        exists ? context.FileChangedAsync(path.Named, existed, CancellationToken.None) : context.FileRemovedAsync(path.Named, CancellationToken.None);

    private static PermissionAsk Ask(PatchPlan plan, IEnumerable<ToolPath> paths, ToolContext context)
    {
        string[] patterns = [.. paths.SelectMany(path => path.Patterns(context)).Distinct(StringComparer.Ordinal)];
        var metadata = Metadata(plan, context);
        metadata["filepath"] = string.Join(", ", patterns);
        return new PermissionAsk("edit", patterns, ["*"], metadata);
    }

    private static JsonObject Metadata(PatchPlan plan, ToolContext context) => new()
    {
        ["diff"] = string.Concat(plan.Changes.Select(static file => file.Diff.Patch + "\n")),
        ["files"] = new JsonArray([.. plan.Changes.Select(file => Describe(file, context))]),
    };

    private static JsonObject Describe(PatchedFile file, ToolContext context)
    {
        var description = new JsonObject
        {
            ["filePath"] = file.Path.Named,
            ["relativePath"] = file.Final.Relative(context),
            ["type"] = file.Kind,
            ["patch"] = file.Diff.Patch,
            ["additions"] = file.Diff.Additions,
            ["deletions"] = file.Diff.Deletions,
        };
        if (file.Target is { } target)
            description["movePath"] = target.Named;
        return description;
    }
}

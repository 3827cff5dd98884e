namespace Capstan.Engine.Configuration.Description;

/// <summary>The keys of <c>permission</c>: names of tools, or of what tools ask for.</summary>
internal static class PermissionKeys
{
    private const string NoTool = "; there is no such tool yet";

    private static readonly KeyKind Rule = new EitherKind("ask, allow, deny or an object", Kinds.Action, Kinds.Named(Kinds.Action));

    /// <summary>One action for everything, or rules by name.</summary>
    public static KeyKind Kind { get; } = new EitherKind(
        "ask, allow, deny or an object",
        Kinds.Action,
        new ObjectKind(
        [
            new("read", Rule, "reading a file; patterns are paths"),
            new("edit", Rule, "changing a file; patterns are paths"),
            new("glob", Rule, "finding files by name"),
            new("grep", Rule, "finding text in files"),
            new("list", Rule, "listing a directory" + NoTool),
            new("bash", Rule, "running a command; patterns are command lines"),
            new("task", Rule, "starting a subagent" + NoTool),
            new("external_directory", Rule, "reaching out of the project; patterns are paths"),
            new("webfetch", Rule, "fetching a page; patterns are URLs, and addresses of this machine and its network"),
            new("lsp", Rule, "asking a language server" + NoTool),
            new("skill", Rule, "loading a skill" + NoTool),
            // A map of patterns would mean nothing for these.
            new("todowrite", Kinds.Action, "writing the list of things to do"),
            new("question", Kinds.Action, "asking the user a question" + NoTool),
            new("websearch", Kinds.Action, "searching the web" + NoTool),
            new("doom_loop", Kinds.Action, "calling the same tool with the same input again and again"),
        ])
        {
            Others = Rule,
        });
}

using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// What must be granted before a command line runs: the directories outside that it goes to, the files that its redirections write
/// and read, and each command. A line that is not understood is asked for as a whole.
/// </summary>
internal static class BashPermissions
{
    private static readonly HashSet<string> Devices = ShellBuiltins.Set(
        "/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/stdin /dev/stdout /dev/stderr /dev/fd/0 /dev/fd/1 /dev/fd/2");

    /// <summary>All that is asked for, in the order in which it is asked.</summary>
    /// <param name="command">The command line.</param>
    /// <param name="workingDirectory">Where it starts; absolute.</param>
    /// <param name="directory">The session's directory.</param>
    /// <param name="worktree">The project's top; <c>/</c> where there is no project.</param>
    /// <param name="shell">The shell that runs it.</param>
    public static IReadOnlyList<PermissionAsk> Asks(
        string command, string workingDirectory, string directory, string worktree, string shell = "bash")
    {
        var script = ShellScript.Read(command, workingDirectory, shell);
        var paths = new AskedPaths(directory, worktree);
        paths.Add(new PathAccess(PathUse.Visit, workingDirectory, workingDirectory));
        // What was found before the reader gave up may refuse a line; it never lets one through.
        var rough = script.IsUnderstood ? null : RoughReading.Of(command, workingDirectory);
        foreach (var access in script.Accesses.Concat(rough?.Accesses ?? []))
        {
            if (access.Path is null || !Devices.Contains(access.Path))
                paths.Add(access);
        }

        var asks = new List<PermissionAsk>();
        if (paths.Outside.Count > 0)
            asks.Add(External(command, paths.Outside));
        if (paths.Written.Count > 0)
            asks.Add(Files("edit", command, paths.Written));
        if (paths.Read.Count > 0)
            asks.Add(Files("read", command, paths.Read));
        if (rough is not null)
            asks.Add(Whole(command, script.Reason!, rough));
        else if (script.Commands.Count > 0)
            asks.Add(Commands(command, script.Commands));
        // It runs no command, but a rule about everything is about it, too.
        else if (!string.IsNullOrWhiteSpace(command))
            asks.Add(new PermissionAsk("bash", [command.Trim()], [], new JsonObject { ["command"] = command }));
        return asks;
    }

    private static PermissionAsk External(string command, IReadOnlyList<AskedPath> paths)
    {
        string[] patterns = [.. paths.Select(static path => path.Subject.Text)];
        return new PermissionAsk(
            "external_directory",
            patterns,
            [.. paths.Where(static path => path.IsKnown).Select(static path => path.Subject.Text)],
            new JsonObject
            {
                ["command"] = command,
                ["directories"] = Array(paths.Select(static path => path.Directory)),
                ["patterns"] = Array(patterns),
            })
        {
            Subjects = [.. paths.Select(static path => path.Subject)],
        };
    }

    private static PermissionAsk Files(string permission, string command, IReadOnlyList<AskedPath> paths) => new(
        permission,
        [.. paths.Select(static path => path.Subject.Text)],
        // The file tools offer all files here. A line that writes one says nothing about others.
        [.. paths.Where(static path => path.IsKnown && !HasWildcard(path.Subject.Text)).Select(static path => path.Subject.Text)],
        permission == "edit"
            ? new JsonObject
            {
                ["command"] = command,
                ["filepath"] = string.Join(", ", paths.Select(static path => path.Directory)),
                ["diff"] = "",
            }
            : new JsonObject { ["command"] = command })
    {
        Subjects = [.. paths.Select(static path => path.Subject)],
    };

    private static PermissionAsk Commands(string command, IReadOnlyList<JudgedCommand> commands)
    {
        // One command may stand there twice with different gaps: each is judged, and shown once.
        return new PermissionAsk(
            "bash",
            [.. commands.Select(static found => found.Subject.Text).Distinct(StringComparer.Ordinal)],
            [.. commands.Select(static found => found.Always).OfType<string>().Distinct(StringComparer.Ordinal)],
            new JsonObject { ["command"] = command })
        {
            Subjects = [.. commands.Select(static found => found.Subject)],
        };
    }

    private static PermissionAsk Whole(string command, string construct, RoughReading rough)
    {
        var text = command.Trim();
        return new PermissionAsk(
            "bash",
            [text],
            // Stored, it is a pattern like any other: a text that has a wildcard in it would cover others.
            HasWildcard(text) ? [] : [text],
            new JsonObject { ["command"] = command, ["notUnderstood"] = construct })
        {
            Subjects = [new PermissionSubject(text) { IsWhole = true, Aliases = [.. rough.Commands] }],
            NotUnderstood = construct,
        };
    }

    private static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?', '\\');

    private static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(item => (JsonNode)item)]);
}

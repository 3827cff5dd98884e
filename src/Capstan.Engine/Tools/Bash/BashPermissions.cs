using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Finds the permissions that a command line needs before it runs: for directories outside the workspace that it uses, for files
/// that its redirections write and read, and for each command. A line that is not understood is asked for as a whole.
/// </summary>
internal static class BashPermissions
{
    private static readonly HashSet<string> Devices = ShellBuiltins.Set(
        "/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/stdin /dev/stdout /dev/stderr /dev/fd/0 /dev/fd/1 /dev/fd/2");

    /// <summary>Lists the permissions to ask for, in the order in which they are asked.</summary>
    /// <param name="command">The command line.</param>
    /// <param name="workingDirectory">The directory in which the line starts; absolute.</param>
    /// <param name="directory">The session's directory.</param>
    /// <param name="worktree">The top directory of the checkout; <c>/</c> where there is no repository.</param>
    /// <param name="shell">The shell that runs the line.</param>
    public static IReadOnlyList<PermissionAsk> Asks(
        string command, string workingDirectory, string directory, string worktree, string shell = "bash")
    {
        var script = ShellScript.Read(command, workingDirectory, shell);
        var paths = new AskedPaths(directory, worktree);
        paths.Add(new PathAccess(PathUse.Visit, workingDirectory, workingDirectory));
        // Of a line that is not understood, whatever looks like a command or
        // a path may lead to a refusal, but never allows the line.
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
        // Such a line runs no command, but a rule for all commands covers it, too.
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
        // Unlike the file tools, which offer "always" for all files, this offers only the files of the line.
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
        // The same command may occur twice with different unknown parts: both are judged, but the text is shown once.
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
            // An approval is stored as a pattern, so a text with a wildcard in it would also cover other lines.
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

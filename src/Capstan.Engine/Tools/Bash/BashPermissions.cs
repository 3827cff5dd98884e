using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Tools.Bash;

/// <summary>What must be granted before a command line runs (reference 2.14).</summary>
internal static class BashPermissions
{
    private static readonly HashSet<string> ChangesDirectory = new(StringComparer.Ordinal) { "cd", "chdir", "popd", "pushd" };

    private static readonly HashSet<string> TakesPaths = new(StringComparer.Ordinal)
    {
        "cd", "chdir", "popd", "pushd", "rm", "cp", "mv", "mkdir", "touch", "chmod", "chown", "cat",
    };

    /// <summary>All that is asked for, in the order in which it is asked.</summary>
    public static IReadOnlyList<PermissionAsk> Asks(string command, string workingDirectory, string directory, string worktree)
    {
        var script = ShellScript.Read(command);
        var asks = new List<PermissionAsk>();
        var directories = OutsideDirectories(script, workingDirectory, directory, worktree);
        if (directories.Count > 0)
        {
            string[] outside = [.. directories.Select(found => found == "/" ? "/*" : found + "/*")];
            var metadata = new JsonObject
            {
                ["command"] = command,
                ["directories"] = Array(directories),
                ["patterns"] = Array(outside),
            };
            asks.Add(new PermissionAsk("external_directory", outside, outside, metadata));
        }

        var listed = script.Commands.Where(part => !IsChangeOfDirectory(part)).ToList();
        var patterns = listed.SelectMany(Names);
        var always = listed.Select(CommandPrefix.AlwaysPattern);
        if (!script.IsUnderstood)
        {
            // What could not be read is granted as a whole and only as a whole.
            patterns = patterns.Append(command.Trim());
            always = [command.Trim()];
        }

        string[] asked = [.. patterns.Distinct(StringComparer.Ordinal)];
        if (asked.Length > 0)
        {
            asks.Add(new PermissionAsk(
                "bash", asked, [.. always.Distinct(StringComparer.Ordinal)], new JsonObject { ["command"] = command }));
        }

        return asks;
    }

    // A name in quotes is still that name: r\m must meet the rule for rm, too.
    private static IEnumerable<string> Names(ShellCommand command) => command.Words is [{ IsQuoted: true }, ..]
        ? [command.Text, string.Join(' ', command.Words.Select(word => word.Value))]
        : [command.Text];

    // Changing the directory does nothing by itself; a redirection on the same command would.
    private static bool IsChangeOfDirectory(ShellCommand command) =>
        command.Words.Count > 0
        && ChangesDirectory.Contains(command.Words[0].Value)
        && !command.Text.AsSpan().ContainsAny('<', '>');

    private static List<string> OutsideDirectories(ShellScript script, string workingDirectory, string directory, string worktree)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Judge(workingDirectory, found, directory, worktree);
        foreach (var command in script.Commands.Where(part => part.Words.Count > 0 && TakesPaths.Contains(part.Words[0].Value)))
        {
            foreach (var word in command.Words.Skip(1))
            {
                if (PathOf(word) is { } path)
                    Judge(PathContainment.Absolute(path, workingDirectory), found, directory, worktree);
            }
        }

        return [.. found];
    }

    private static void Judge(string path, SortedSet<string> found, string directory, string worktree)
    {
        try
        {
            var resolved = PathContainment.Resolve(path);
            if (!PathContainment.IsInside(resolved, directory, worktree))
                found.Add(Directory.Exists(resolved) ? resolved : Path.GetDirectoryName(resolved) ?? "/");
        }
        catch (IOException)
        {
            // A circle of links leads nowhere: the command will fail on it by itself.
        }
    }

    /// <summary>The path that an argument names, as far as it is known before the shell runs.</summary>
    private static string? PathOf(ShellWord word)
    {
        var value = word.Value;
        if (value.Length == 0 || value[0] is '-' or '+' || word.HasExpansion
            || value.AsSpan().ContainsAny('$', '`', '(') || value.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var wildcard = value.AsSpan().IndexOfAny('*', '?', '[');
        if (wildcard >= 0)
            value = value[..(value.LastIndexOf('/', wildcard) + 1)];
        if (value is "~" || value.StartsWith("~/", StringComparison.Ordinal))
            return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + value[1..];
        return value.Length == 0 ? null : value;
    }

    private static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(item => (JsonNode)item)]);
}

using System.Globalization;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Changes;

/// <summary>Describes files that git does not know yet as git would if they were added: git itself would need a process for each.</summary>
internal static class UntrackedFile
{
    /// <summary>Files that have more bytes are not read: they are listed without lines and without a patch.</summary>
    public const int MaxSize = GitPatch.OutputLimit;

    // Git takes a file with a NUL in so many of its first bytes for binary.
    private const int Sample = 8000;

    /// <summary>Describes a file.</summary>
    /// <param name="worktree">The resolved path of the top of the checkout.</param>
    /// <param name="path">The path below it, as git lists it; with a slash at its end for a repository within this one.</param>
    /// <param name="patchLimit">How many bytes the patch may take; 0 where none is wanted.</param>
    public static FileDiff Read(string worktree, string path, int patchLimit)
    {
        var (lines, patch) = path.EndsWith('/') ? (0, null) : ReadContent(worktree, path, patchLimit);
        return new FileDiff(lines, 0) { File = path, Patch = patch, Status = "added" };
    }

    private static (int Lines, string? Patch) ReadContent(string worktree, string path, int patchLimit)
    {
        try
        {
            var full = Path.Combine(worktree, path);
            using var directory = DirectoryHandle.Open(Path.GetDirectoryName(full)!);
            var name = Path.GetFileName(full);
            if (directory.Find(name) is { IsLink: true })
                return Describe(Encoding.UTF8.GetBytes(new FileInfo(full).LinkTarget ?? ""), path, "120000", patchLimit);
            using var file = directory.OpenFile(name);
            var mode = (Posix.Status(file).Permissions & 0x40) == 0 ? "100644" : "100755";
            return Describe(RegularFile.ReadBytes(file, MaxSize), path, mode, patchLimit);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The file is gone, too large, or may not be read. That it is there is all that is known of it.
            return (0, null);
        }
    }

    private static (int Lines, string? Patch) Describe(ReadOnlySpan<byte> content, string path, string mode, int patchLimit)
    {
        var isBinary = content[..Math.Min(content.Length, Sample)].Contains((byte)0);
        var endsWithLine = content.IsEmpty || content[^1] == '\n';
        var lines = isBinary ? 0 : content.Count((byte)'\n') + (endsWithLine ? 0 : 1);
        // Each line takes a sign more than it has bytes itself, and the head of the patch takes the path four times.
        if ((isBinary ? 0 : content.Length + (long)lines) + (4 * path.Length) + 200 > patchLimit)
            return (lines, null);
        var (from, to) = (Quoted("a/" + path), Quoted("b/" + path));
        var patch = new StringBuilder($"diff --git {from} {to}\nnew file mode {mode}\n");
        if (isBinary)
            patch.Append("Binary files /dev/null and ").Append(to).Append(" differ\n");
        else if (!content.IsEmpty)
            // As git does, a tab says where a name with blanks ends.
            AppendLines(patch.Append("--- /dev/null\n+++ ").Append(to).Append(path.Contains(' ', StringComparison.Ordinal) ? "\t\n" : "\n"), content, lines, endsWithLine);
        return (lines, patch.ToString());
    }

    private static void AppendLines(StringBuilder patch, ReadOnlySpan<byte> content, int lines, bool endsWithLine)
    {
        patch.Append("@@ -0,0 +1").Append(lines == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $",{lines}")).Append(" @@\n");
        foreach (var range in content.Split((byte)'\n'))
        {
            // Behind the last line end there is no further line.
            if (range.Start.Value < content.Length)
                patch.Append('+').Append(Encoding.UTF8.GetString(content[range])).Append('\n');
        }

        if (!endsWithLine)
            patch.Append("\\ No newline at end of file\n");
    }

    /// <summary>Quotes a path as git does where it has characters that would break the patch's lines.</summary>
    private static string Quoted(string path)
    {
        if (!path.Any(static c => c is '"' or '\\' || char.IsControl(c)))
            return path;
        var quoted = new StringBuilder("\"");
        foreach (var c in path)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\t' => quoted.Append("\\t"),
                '\n' => quoted.Append("\\n"),
                < ' ' or '\x7f' => quoted.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0')),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}

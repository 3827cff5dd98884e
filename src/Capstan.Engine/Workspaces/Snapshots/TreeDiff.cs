using System.Text;
using Capstan.Contract;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// Reads the output of <c>git diff-tree -z --raw --numstat -p</c>, and writes patches in the form that OpenCode's clients know.
/// </summary>
internal static class TreeDiff
{
    private const string PatchStart = "diff --git ";
    private static readonly string Rule = new('=', 67);

    /// <inheritdoc cref="GitPatch.Read"/>
    public static IReadOnlyList<FileDiff> Read(string output, bool isCut) =>
        [.. GitPatch.Read(output, isCut).Select(static patch => new FileDiff(patch.Additions, patch.Deletions)
        {
            File = patch.Path,
            Patch = patch.IsBinary || patch.Text is null ? "" : Write(patch.Path, patch.Text),
            Status = patch.Status,
        })];

    private static string Write(string path, ReadOnlySpan<char> text)
    {
        var written = new StringBuilder($"Index: {path}\n{Rule}\n--- {path}\t\n+++ {path}\t\n");
        while (!text.IsEmpty)
        {
            var next = text.IndexOf("\n" + PatchStart);
            AppendHunks(written, next < 0 ? text : text[..(next + 1)]);
            text = next < 0 ? [] : text[(next + 1)..];
        }

        return written.ToString();
    }

    private static void AppendHunks(StringBuilder target, ReadOnlySpan<char> patch)
    {
        var hunk = patch.IndexOf("\n@@ ");
        if (hunk < 0)
            return;
        // The whole file is context, so nearly always there is one hunk. Its head is
        // rewritten with the counts that git leaves out where they are 1.
        patch = patch[(hunk + 1)..];
        while (patch.StartsWith("@@ "))
        {
            var head = patch.IndexOf('\n');
            AppendHead(target, patch[..head].ToString());
            patch = patch[(head + 1)..];
            var following = patch.IndexOf("\n@@ ");
            var body = following < 0 ? patch : patch[..(following + 1)];
            target.Append(body);
            patch = patch[body.Length..];
        }
    }

    private static void AppendHead(StringBuilder target, string head)
    {
        var ranges = head.Split(' ');
        target.Append("@@ ").Append(Whole(ranges[1])).Append(' ').Append(Whole(ranges[2])).Append(" @@\n");
    }

    private static string Whole(string range) => range.Contains(',', StringComparison.Ordinal) ? range : range + ",1";
}

using System.Globalization;
using System.Text;
using Capstan.Contract;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// Reads the output of <c>git diff-tree -z --raw --numstat -p</c>, and writes patches in the form that OpenCode's clients know.
/// </summary>
/// <remarks>
/// <code>
///   :mode mode blob blob S NUL path NUL …   added TAB deleted TAB path NUL …   NUL   diff --git …
/// </code>
/// The output has three sections, with the files in the same order in
/// each. A file that became a link, or the reverse, has two patches.
/// </remarks>
internal static class TreeDiff
{
    /// <summary>
    /// How many bytes of git's output are read. Patches beyond are left out, but their files and line counts are returned.
    /// </summary>
    public const int OutputLimit = 8 * 1024 * 1024;

    private const string PatchStart = "diff --git ";
    private static readonly string Rule = new('=', 67);

    /// <summary>Reads the changed files.</summary>
    /// <param name="output">What git printed.</param>
    /// <param name="isCut">Whether the end of the output is missing.</param>
    /// <exception cref="GitException">Even the list of files or their line counts are incomplete.</exception>
    public static IReadOnlyList<FileDiff> Read(string output, bool isCut)
    {
        var reader = new TokenReader(output);
        var statuses = new List<(char Status, string Path)>();
        while (reader.TryRead(out var entry, ':'))
            statuses.Add((entry[^1], reader.Read()));
        var counts = new List<string[]>(statuses.Count);
        foreach (var _ in statuses)
            counts.Add(reader.Read().Split('\t', 3));
        if (statuses.Count > 0)
            reader.TryRead(out _, '\0');

        var diffs = new List<FileDiff>(statuses.Count);
        var lines = new PatchReader(reader.Rest);
        for (var index = 0; index < statuses.Count; index++)
        {
            var (status, path) = statuses[index];
            var isBinary = counts[index][0] == "-";
            var hunks = new StringBuilder();
            var isWhole = lines.ReadHunks(hunks);
            if (status == 'T')
                isWhole &= lines.ReadHunks(hunks);
            // Where the output was cut, the last patch in it may be incomplete.
            isWhole &= !isCut || !lines.IsAtEnd;
            diffs.Add(new FileDiff(Count(counts[index][0]), Count(counts[index][1]))
            {
                File = path,
                Patch = isBinary || !isWhole ? "" : $"Index: {path}\n{Rule}\n--- {path}\t\n+++ {path}\t\n{hunks}",
                Status = status switch { 'A' => "added", 'D' => "deleted", _ => "modified" },
            });
        }

        return diffs;
    }

    private static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private ref struct TokenReader(string text)
    {
        private int _at;

        public readonly string Rest => text[_at..];

        public string Read()
        {
            var end = text.IndexOf('\0', _at);
            if (end < 0)
                throw new GitException("git diff-tree: too much output");
            var token = text[_at..end];
            _at = end + 1;
            return token;
        }

        // Reads a token whose first character is the given one; NUL as the first character stands for an empty token.
        public bool TryRead(out string token, char first)
        {
            token = "";
            if (_at >= text.Length || text[_at] != first)
                return false;
            token = Read();
            return true;
        }
    }

    private ref struct PatchReader(string text)
    {
        private int _at;

        public readonly bool IsAtEnd => _at >= text.Length;

        /// <summary>Appends the hunks of the next patch. Returns false where there are no more patches.</summary>
        public bool ReadHunks(StringBuilder target)
        {
            if (IsAtEnd)
                return false;
            // The lines of a file begin with a blank, a sign or a backslash, so a line that begins a patch cannot be one of them.
            var next = text.IndexOf("\n" + PatchStart, _at, StringComparison.Ordinal);
            var end = next < 0 ? text.Length : next + 1;
            var patch = text.AsSpan(_at, end - _at);
            _at = end;
            var hunk = patch.IndexOf("\n@@ ");
            if (hunk < 0)
                return true;
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

            return true;
        }

        private static void AppendHead(StringBuilder target, string head)
        {
            var ranges = head.Split(' ');
            target.Append("@@ ").Append(Whole(ranges[1])).Append(' ').Append(Whole(ranges[2])).Append(" @@\n");
        }

        private static string Whole(string range) => range.Contains(',', StringComparison.Ordinal) ? range : range + ",1";
    }
}

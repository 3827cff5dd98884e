using System.Globalization;

namespace Capstan.Engine.Workspaces;

/// <summary>One file of what <c>git diff -z --raw --numstat -p</c> printed.</summary>
/// <remarks>
/// <code>
///   :mode mode blob blob S NUL path NUL …   added TAB deleted TAB path NUL …   NUL   diff --git …
/// </code>
/// The output has three sections, with the files in the same order in
/// each. A file that became a link, or the reverse, has two patches.
/// </remarks>
/// <param name="Path">The file's path, relative to the worktree.</param>
/// <param name="Status">What happened to the file: added, deleted or modified.</param>
/// <param name="Additions">How many lines were added; 0 for a binary file.</param>
/// <param name="Deletions">How many lines were removed; 0 for a binary file.</param>
/// <param name="IsBinary">Whether git takes the file for binary.</param>
/// <param name="Text">Git's patches of the file; null where the output was cut before their end.</param>
internal sealed record GitPatch(string Path, string Status, int Additions, int Deletions, bool IsBinary, string? Text)
{
    /// <summary>
    /// How many bytes of git's output are read. Patches beyond are left out, but their files and line counts are returned.
    /// </summary>
    public const int OutputLimit = 8 * 1024 * 1024;

    private const string PatchStart = "diff --git ";

    /// <summary>Reads the changed files.</summary>
    /// <param name="output">What git printed.</param>
    /// <param name="isCut">Whether the end of the output is missing.</param>
    /// <exception cref="GitException">Even the list of files or their line counts are incomplete.</exception>
    public static IReadOnlyList<GitPatch> Read(string output, bool isCut)
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

        var patches = new List<GitPatch>(statuses.Count);
        var texts = new TextReader(reader.Rest);
        for (var index = 0; index < statuses.Count; index++)
        {
            var (status, path) = statuses[index];
            var text = texts.Read(status == 'T' ? 2 : 1);
            // Where the output was cut, the last patch in it may be incomplete.
            if (isCut && texts.IsAtEnd)
                text = null;
            patches.Add(new GitPatch(
                path,
                status switch { 'A' => "added", 'D' => "deleted", _ => "modified" },
                Count(counts[index][0]),
                Count(counts[index][1]),
                counts[index][0] == "-",
                text));
        }

        return patches;
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
                throw new GitException("git diff: too much output");
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

    private ref struct TextReader(string text)
    {
        private int _at;

        public readonly bool IsAtEnd => _at >= text.Length;

        /// <summary>Reads the next patches; null where there are not so many.</summary>
        public string? Read(int count)
        {
            var start = _at;
            for (; count > 0; count--)
            {
                if (IsAtEnd)
                    return null;
                // The lines of a file begin with a blank, a sign or a backslash, so a line that begins a patch cannot be one of them.
                var next = text.IndexOf("\n" + PatchStart, _at, StringComparison.Ordinal);
                _at = next < 0 ? text.Length : next + 1;
            }

            return text[start.._at];
        }
    }
}

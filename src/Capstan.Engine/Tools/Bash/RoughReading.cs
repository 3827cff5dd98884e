using System.Buffers;
using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// The commands and files that a line which is not understood seems to have. They can only lead to a refusal or a question: a
/// rule that denies or asks holds for whatever looks like its subject, and no rule allows anything by this reading.
/// </summary>
internal sealed class RoughReading
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("\n\r;|&(){}`<>");

    private static readonly SearchValues<char> Signs = SearchValues.Create("'\"\\$*?[");

    private static readonly HashSet<string> Leading = ShellBuiltins.Set(
        "! if then elif else while until do in time command builtin exec env nohup setsid sudo doas nice busybox xargs coproc eval trap alias");

    // The bound is for one piece. Each command is as long as the piece from its first word on.
    private const int MaxCommands = 16;

    // The bound is there because each path is looked up on the disk.
    private const int MaxAccesses = 1_000;

    private readonly HashSet<string> _commands = new(StringComparer.Ordinal);
    private readonly List<PathAccess> _accesses = [];

    private RoughReading()
    {
    }

    /// <summary>
    /// The pieces of the line between signs that may separate commands, without
    /// quotes and without words that may stand before a program's name.
    /// </summary>
    public IReadOnlyCollection<string> Commands => _commands;

    /// <summary>
    /// The files after signs of redirection, and those arguments of file programs that are absolute paths or hold <c>..</c>.
    /// </summary>
    public IReadOnlyList<PathAccess> Accesses => _accesses;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="workingDirectory">The directory in which the line starts; absolute.</param>
    public static RoughReading Of(string line, string workingDirectory)
    {
        var reading = new RoughReading();
        var rest = line.Replace("\\\n", "", StringComparison.Ordinal);
        var before = ';';
        for (var start = 0; start <= rest.Length;)
        {
            var length = rest.AsSpan(start).IndexOfAny(Separators);
            var end = length < 0 ? rest.Length : start + length;
            reading.Add(rest[start..end], before, workingDirectory);
            before = length < 0 ? ';' : rest[end];
            start = end + 1;
        }

        return reading;
    }

    private void Add(string piece, char before, string workingDirectory)
    {
        if (before is '<' or '>' && piece.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var target, ..])
            Open(before == '>' ? PathUse.Write : PathUse.Read, target, workingDirectory);
        var bare = new StringBuilder(piece.Length);
        foreach (var c in piece)
        {
            if (c is not ('\'' or '"' or '\\' or '$'))
                bare.Append(c);
        }

        var words = bare.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        // A command may begin at the first word, and after each word that may stand before a command.
        var begins = true;
        for (var (i, found) = (0, 0); i < words.Length && found < MaxCommands; i++)
        {
            found += begins ? 1 : 0;
            var name = words[i][(words[i].LastIndexOf('/') + 1)..];
            if (begins)
            {
                _commands.Add(string.Join(' ', words.Skip(i)));
                _commands.Add(string.Join(' ', words.Skip(i + 1).Prepend(name)));
                if (ProgramReader.TakesPath(name))
                {
                    foreach (var word in words.Skip(i + 1).Where(static word => word[0] == '/' || word.Contains("..", StringComparison.Ordinal)))
                        Open(PathUse.Visit, word, workingDirectory);
                }
            }

            begins = Leading.Contains(words[i])
                || (begins && (words[i].Contains('=', StringComparison.Ordinal) || words[i].StartsWith('-')));
        }
    }

    private void Open(PathUse use, string path, string workingDirectory)
    {
        if (_accesses.Count < MaxAccesses && !path.AsSpan().ContainsAny(Signs) && !path.Contains('\0', StringComparison.Ordinal))
            _accesses.Add(new PathAccess(use, Path.Combine(workingDirectory, path), path));
    }
}

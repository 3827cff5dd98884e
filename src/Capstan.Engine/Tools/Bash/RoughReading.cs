using System.Buffers;
using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// What a line that is not understood seems to run and to open. It is only good for refusing: a rule that denies or asks holds for
/// whatever looks like what it is about, and nothing is allowed by it.
/// </summary>
internal sealed class RoughReading
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("\n\r;|&(){}`<>");

    private static readonly SearchValues<char> Signs = SearchValues.Create("'\"\\$*?[");

    private static readonly HashSet<string> Leading = ShellBuiltins.Set(
        "! if then elif else while until do in time command builtin exec env nohup setsid sudo doas nice busybox xargs coproc eval trap alias");

    // In one piece; each is as long as the rest of it.
    private const int MaxCommands = 16;

    // Each is looked up on the disk.
    private const int MaxAccesses = 1_000;

    private readonly HashSet<string> _commands = new(StringComparer.Ordinal);
    private readonly List<PathAccess> _accesses = [];

    private RoughReading()
    {
    }

    /// <summary>The pieces between signs that may separate commands, without quotes and without what may stand in front of a name.</summary>
    public IReadOnlyCollection<string> Commands => _commands;

    /// <summary>The files behind signs of redirection, and the absolute paths and parents that programs for files are given.</summary>
    public IReadOnlyList<PathAccess> Accesses => _accesses;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="workingDirectory">Where it starts.</param>
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
        // A command may begin with the first word, and behind each word that stands in front of one.
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

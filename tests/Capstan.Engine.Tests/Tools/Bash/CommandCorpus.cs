using System.Globalization;
using System.Text.RegularExpressions;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>The files of command lines that lie beside the tests.</summary>
internal static partial class CommandCorpus
{
    /// <summary>Lines as coding agents write them; first those of one line, then those of several.</summary>
    public static IReadOnlyList<string> AgentCommands { get; } =
    [
        .. Read("agent-lines.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries),
        .. Read("agent-blocks.txt").Split("\n%%\n").Select(static block => block.TrimEnd('\n')),
    ];

    /// <summary>Lines with what each of <see cref="VerdictCorpusTests"/>' sets of rules says of them, a letter each.</summary>
    public static IReadOnlyList<(string Verdicts, string Line)> Verdicts { get; } =
    [
        .. Read("verdicts.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith("# ", StringComparison.Ordinal))
            .Select(static line => (line[..4], Decode(line[5..]))),
    ];

    /// <summary>A command line as the files write it, on one line and with every character to be seen.</summary>
    public static string Encode(string line) =>
        string.Concat(line.Replace("\n", "⏎", StringComparison.Ordinal).Replace("\t", "⇥", StringComparison.Ordinal)
            .Replace("\r", "␍", StringComparison.Ordinal)
            .Select(static c => char.IsControl(c) || (c > '~' && char.IsWhiteSpace(c)) ? $"«U+{(int)c:X4}»" : c.ToString()));

    private static string Decode(string line) => Code().Replace(
        line.Replace('⏎', '\n').Replace('⇥', '\t').Replace('␍', '\r'),
        static match => ((char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    private static string Read(string name)
    {
        using var stream = typeof(CommandCorpus).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("«U\\+([0-9A-F]{4})»")]
    private static partial Regex Code();
}

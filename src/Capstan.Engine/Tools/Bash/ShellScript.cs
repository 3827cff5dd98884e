using System.Buffers;

namespace Capstan.Engine.Tools.Bash;

/// <summary>What a command line would run.</summary>
/// <param name="Commands">Every simple command found, those inside substitutions too. May name too much, never too little.</param>
/// <param name="IsUnderstood">
/// Whether the whole line was read. If not, the whole line must be granted as well as each command found.
/// </param>
internal sealed record ShellScript(IReadOnlyList<ShellCommand> Commands, bool IsUnderstood)
{
    /// <summary>What was not understood, in words for the model and the person who is asked; null where all was.</summary>
    public string? Reason => IsUnderstood ? null : "a construct outside the grammar";

    private static readonly SearchValues<char> Separators = SearchValues.Create("\n;|&()`");

    /// <summary>Reads a command line; never throws.</summary>
    public static ShellScript Read(string text)
    {
        var reader = new ShellScriptReader(text, 0, 0);
        if (reader.ReadToEnd())
        {
            return new ShellScript(reader.Commands, true);
        }

        // The grammar gave up: whatever stands between two signs that might separate commands counts as one.
        var commands = reader.Commands;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var end = rest.IndexOfAny(Separators);
            var piece = (end < 0 ? rest : rest[..end]).Trim().ToString();
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (piece.Length > 0)
            {
                commands.Add(new ShellCommand(
                    piece, [.. piece.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Word)]));
            }
        }

        return new ShellScript(commands, false);
    }

    private static ShellWord Word(string text) => new(text, text.AsSpan().ContainsAny('$', '`'), false);
}

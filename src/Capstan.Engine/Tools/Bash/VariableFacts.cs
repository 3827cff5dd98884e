using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// What is known of a script's variables without running it. All assignments count, whatever
/// their order, and the one that guarantees least decides. An inner script takes the outer
/// script's assignments into account, because the outer script may export them.
/// </summary>
internal sealed class VariableFacts
{
    // The shell itself sets these, to words that arithmetic would take for names of other variables.
    private static readonly HashSet<string> SetByShell = ShellBuiltins.Set("HOSTNAME HOSTTYPE MACHTYPE OSTYPE SHELL TERM");

    private static readonly HashSet<string> Readers = ShellBuiltins.Set("read mapfile readarray");

    private readonly Dictionary<string, ValueKind> _kinds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _exported = new(StringComparer.Ordinal);
    private readonly VariableFacts? _outer;

    public VariableFacts(ShellNode root, VariableFacts? outer)
    {
        _outer = outer;
        foreach (var node in ShellTree.Descend(root))
        {
            if (node is ShellCommand command)
                Note(command);
            else if (node is ShellLoop { Variable: { } variable } loop)
                NoteLoop(variable, loop.Items);
        }
    }

    private enum ValueKind
    {
        Number,
        Plain,
        Other,
    }

    /// <summary>
    /// Whether a variable can hold only a number, so that arithmetic with it runs nothing. A variable that the script does not
    /// assign to is unset, or set by arithmetic itself.
    /// </summary>
    public bool HoldsNumber(string name) => _outer?.IsLoose(name) != true
        && (_kinds.TryGetValue(name, out var kind)
            ? kind == ValueKind.Number
            : name is "RANDOM" or "SRANDOM" || (ShellCursor.IsIdentifier(name) && !ShellVariables.IsSpecialName(name)
                && !ShellVariables.IsInherited(name) && !SetByShell.Contains(name)));

    /// <summary>Whether the script assigns to a variable, even for one command only.</summary>
    public bool IsAssigned(string name) => _kinds.ContainsKey(name) || _outer?.IsAssigned(name) == true;

    /// <summary>Whether programs see the values that the script assigns to a variable.</summary>
    public bool IsExported(string name) =>
        ShellVariables.IsInherited(name) || _exported.Contains(name) || _outer?.IsExported(name) == true;

    /// <summary>Whether an arithmetic expression runs nothing.</summary>
    public bool IsHarmless(ShellArithmetic expression) => expression.Names.All(HoldsNumber);

    /// <summary>Whether a word is a number or empty when the command runs.</summary>
    public bool IsNumber(ShellWord word) => word.Pieces.All(piece => piece switch
    {
        WordPiece.Literal literal => literal.Written.All(static c => char.IsAsciiDigit(c) || c is '-' or '+'),
        WordPiece.Number number => IsHarmless(number.Expression),
        WordPiece.Variable variable => variable.IsNumber || (variable.IsPlain && HoldsNumber(variable.Name)),
        WordPiece.Substitution substitution => PrintsNumber(substitution.Body),
        _ => false,
    });

    /// <summary>Whether a word is at most one word when the command runs, and no option unless it is written as one.</summary>
    public bool IsContained(ShellWord word) => word.IsOne || IsNumber(word) || word.Pieces.All(piece => piece switch
    {
        WordPiece.Variable { IsPlain: true, IsQuoted: false } variable => HoldsPlainWord(variable.Name),
        WordPiece.Variable { IsList: true } => false,
        WordPiece.Literal or WordPiece.Home or WordPiece.Number => true,
        _ => piece.IsQuoted,
    });

    /// <summary>Whether a word is a variable that can hold only a number, one plain word that is no option, or nothing.</summary>
    public bool IsPlainWord(ShellWord word) =>
        word.Pieces is [WordPiece.Variable { IsPlain: true } variable] && (HoldsNumber(variable.Name) || HoldsPlainWord(variable.Name));

    private bool HoldsPlainWord(string name) =>
        _kinds.TryGetValue(name, out var kind) && kind != ValueKind.Other && _outer?.IsLoose(name) != true;

    private bool IsLoose(string name) =>
        (_kinds.TryGetValue(name, out var kind) && kind != ValueKind.Number) || _outer?.IsLoose(name) == true;

    private void Note(ShellCommand command)
    {
        foreach (var assignment in command.Assignments)
        {
            Note(assignment.Name, assignment.Elements is null ? KindOf(assignment.Value) : ValueKind.Other);
            if (command.Arguments.Count > 0)
                _exported.Add(assignment.Name);
        }

        var reads = command.Arguments.Any(static word => word.Known is { } name && Readers.Contains(name));
        if (command.Arguments.Any(static word => word.Known is "sudo" or "doas")
            || (command.Arguments.Any(static word => word.Known is "env") && command.Arguments.Any(static word => word.Known is ['-', ..])))
        {
            // These programs may give another home directory to the program that they run.
            Note("HOME", ValueKind.Other);
        }

        var exports = command.Arguments.Any(static word => word.Known is "export" or "env");
        foreach (var word in command.Arguments)
        {
            // Each argument counts, because a program that takes assignments may stand at any place before it.
            if (Argument(word) is not var (name, value))
                continue;
            if (value is not null)
                Note(name, KindOf(value));
            else if (reads)
                Note(name, ValueKind.Other);
            if (exports)
                _exported.Add(name);
        }

        if (reads)
        {
            Note("REPLY", ValueKind.Other);
            Note("MAPFILE", ValueKind.Other);
        }
    }

    /// <summary>
    /// Returns the name and value of an argument that looks like an
    /// assignment, or the name alone where the argument looks like a name.
    /// </summary>
    public static (string Name, ShellWord? Value)? Argument(ShellWord word)
    {
        if (word.Pieces.FirstOrDefault(static piece => piece.Written.Length > 0) is not WordPiece.Literal head)
            return null;
        var equals = head.Written.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return word.Known is { } known && ShellCursor.IsIdentifier(known) ? (known, null) : null;
        var name = head.Written[..equals].TrimEnd('+');
        if (!ShellCursor.IsIdentifier(name))
            return null;
        var rest = word.Pieces.SkipWhile(piece => piece != head).Skip(1);
        return (name, new ShellWord(
            [new WordPiece.Literal(head.Written[(equals + 1)..], head.IsQuoted), .. rest], word.Position));
    }

    private void NoteLoop(string variable, IReadOnlyList<ShellWord> items)
    {
        foreach (var item in items)
        {
            var isRange = item.Pieces.All(static piece => !piece.IsQuoted) && IsRange(item.Text);
            Note(variable, isRange ? ValueKind.Number : KindOf(item));
        }
    }

    private static bool IsRange(string text) => text.Length > 4 && text[0] == '{' && text[^1] == '}'
        && text.Contains("..", StringComparison.Ordinal) && text[1..^1].All(static c => char.IsAsciiDigit(c) || c == '.');

    private void Note(string name, ValueKind kind) =>
        _kinds[name] = _kinds.TryGetValue(name, out var known) && known > kind ? known : kind;

    private static ValueKind KindOf(ShellWord value)
    {
        var isNumber = value.Pieces.All(static piece => piece switch
        {
            WordPiece.Literal literal => literal.Written.All(static c => char.IsAsciiDigit(c) || c is '-' or '+'),
            WordPiece.Variable variable => variable.IsNumber,
            WordPiece.Substitution substitution => PrintsNumber(substitution.Body),
            _ => piece is WordPiece.Number,
        });
        return isNumber ? ValueKind.Number
            : value.Known is { Length: > 0 } known && known[0] != '-' && known.All(IsPlain) ? ValueKind.Plain
            : ValueKind.Other;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':' or '@' or '%' or ',' or '+' or '-';

    /// <summary>Whether a script ends with a program that prints one number, or one number on each line.</summary>
    private static bool PrintsNumber(ShellNode body)
    {
        while (body is { Redirections: [] } and (ShellSequence { Items.Count: 1 } or ShellScope))
            body = body.Inner.Last();
        if (body is not ShellCommand { Assignments: [], Arguments: var words })
            return false;
        return words.Select(static word => word.Known).ToList() switch
        {
            ["nproc"] => true,
            ["date", "+%s"] => true,
            ["wc", "-l" or "-c" or "-w" or "-m"] => true,
            ["seq", .. var bounds] => bounds.Count > 0 && bounds.All(static bound => bound is not null && bound.All(char.IsAsciiDigit)),
            _ => false,
        };
    }
}

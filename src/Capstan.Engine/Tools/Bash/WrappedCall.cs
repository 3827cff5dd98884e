using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Finds the call that a wrapper makes.</summary>
internal sealed class WrappedCall
{
    private const string ReplaceOption = "I";

    private readonly ProgramCall _call;
    private readonly Wrapper _wrapper;
    private int _next = 1;
    private string? _inserted;
    private bool _isCounted;

    private WrappedCall(ProgramCall call, Wrapper wrapper)
    {
        _call = call;
        _wrapper = wrapper;
    }

    /// <summary>Reads a wrapper's options and the call that it makes.</summary>
    /// <param name="call">The wrapper's call.</param>
    /// <param name="wrapper">The options that the wrapper takes.</param>
    /// <param name="inner">The call that the wrapper makes; null where it makes none.</param>
    /// <returns>Whether all options of the wrapper are known.</returns>
    public static bool TryRead(ProgramCall call, Wrapper wrapper, out ProgramCall? inner)
    {
        var reading = new WrappedCall(call, wrapper);
        inner = null;
        // With -v and -V, command only says where a program is.
        if (call.BaseName == "command" && call.Words is [_, { Known: "-v" or "-V" }, ..])
            return true;
        if (!reading.SkipOptions() || !reading.SkipOperands())
            return false;
        // The order of -I and -n decides which of them holds, but versions of xargs differ in how.
        if (reading is { _inserted: not null, _isCounted: true })
            return false;
        inner = reading.Inner();
        return true;
    }

    private bool SkipOptions()
    {
        for (; _next < _call.Words.Count; _next++)
        {
            if (_call.Words[_next].Known is not { } option)
                return false;
            if (option == "--")
            {
                _next++;
                return true;
            }

            if (option.Length == 0 || option[0] != '-' || (option == "-" && _call.BaseName != "env"))
                return true;
            if (option != "-" && !(option.StartsWith("--", StringComparison.Ordinal) ? SkipLong(option[2..]) : SkipShort(option[1..])))
                return false;
        }

        return true;
    }

    private bool SkipLong(string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? option : option[..equals];
        if (_wrapper.IsLongFlag(name))
            return true;
        _isCounted |= name == "max-args";
        return _wrapper.IsLongValue(name) && (equals >= 0 || SkipValue() is not null);
    }

    private bool SkipShort(string letters)
    {
        for (var i = 0; i < letters.Length; i++)
        {
            if (_wrapper.Flags.Contains(letters[i], StringComparison.Ordinal))
                continue;
            if (!_wrapper.Values.Contains(letters[i], StringComparison.Ordinal))
                return false;
            var value = i + 1 < letters.Length ? letters[(i + 1)..] : SkipValue();
            if (letters[i].ToString() == ReplaceOption && _call.BaseName == "xargs")
                _inserted = value;
            _isCounted |= letters[i] is 'n' or 'L';
            return !string.IsNullOrEmpty(value);
        }

        return true;
    }

    // The value's text matters only to xargs, which replaces it in the command; for other wrappers any text does.
    private string? SkipValue()
    {
        if (++_next >= _call.Words.Count || !_call.Words[_next].IsOne)
            return null;
        return _call.Words[_next].Known ?? (_call.BaseName == "xargs" ? null : "?");
    }

    private bool SkipOperands()
    {
        if (_next + _wrapper.Operands > _call.Words.Count)
            return false;
        for (var i = 0; i < _wrapper.Operands; i++)
        {
            if (!_call.Words[_next++].IsOne)
                return false;
        }

        return true;
    }

    private ProgramCall? Inner()
    {
        var assignments = _call.Assignments.ToList();
        while (_wrapper.TakesAssignments && _next < _call.Words.Count
            && VariableFacts.Argument(_call.Words[_next]) is (var name, { } value))
        {
            assignments.Add(new ShellAssignment(name, false, value));
            _next++;
        }

        var words = _call.Words.Skip(_next).ToList();
        if (words.Count == 0)
            return null;
        if (_inserted is not null)
            words = [.. words.Select(word => Insert(word, _inserted))];
        else if (_call.BaseName == "xargs")
            words.Add(new ShellWord([new WordPiece.Inserted("")], words[^1].Position));
        return new ProgramCall(assignments, words, _call.IsInShell && _wrapper.IsInShell);
    }

    /// <summary>Returns the word with each occurrence of the mark replaced by an unknown text.</summary>
    public static ShellWord Insert(ShellWord word, string mark)
    {
        // The mark may be spread over pieces with different quotes, so a known word is searched as a whole.
        IReadOnlyList<WordPiece> pieces = word.Known is { } known ? [new WordPiece.Literal(known, true)] : word.Pieces;
        return word.Text.Contains(mark, StringComparison.Ordinal)
            ? new ShellWord([.. pieces.SelectMany(piece => Insert(piece, mark))], word.Position)
            : word;
    }

    private static IEnumerable<WordPiece> Insert(WordPiece piece, string mark) => piece is WordPiece.Literal
        ? piece.Written.Split(mark).SelectMany<string, WordPiece>((text, i) => i == 0
            ? [piece with { Written = text }]
            : [new WordPiece.Inserted(mark), piece with { Written = text }])
        : [piece];
}

using System.Text;

namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Builds a word from its pieces, and joins neighbouring texts that are quoted alike.</summary>
internal sealed class WordBuilder
{
    private readonly List<WordPiece> _pieces = [];
    private readonly StringBuilder _literal = new();
    private bool _quoted;

    /// <summary>Whether the word has an unquoted dollar sign that stands for itself.</summary>
    public bool HasDollar { get; set; }

    /// <summary>Whether the word has a list in braces.</summary>
    public bool HasBraces { get; set; }

    /// <summary>Whether the word's last piece is an expansion.</summary>
    public bool EndsWithExpansion => _literal.Length == 0 && _pieces is [.., not WordPiece.Literal];

    public void Add(string text, bool quoted)
    {
        if (_quoted != quoted)
            Flush();
        _quoted = quoted;
        _literal.Append(text);
    }

    public void Add(WordPiece piece)
    {
        Flush();
        _pieces.Add(piece);
    }

    public ShellWord ToWord(int position)
    {
        Flush();
        return new ShellWord(_pieces, position);
    }

    private void Flush()
    {
        if (_literal.Length > 0)
            _pieces.Add(new WordPiece.Literal(_literal.ToString(), _quoted));
        _literal.Clear();
    }
}

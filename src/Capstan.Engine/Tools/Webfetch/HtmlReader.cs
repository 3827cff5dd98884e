using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>
/// Reads HTML as Markdown, or as plain text. It goes over the tags as they come and builds no tree: building one takes a time that
/// grows with the square of the depth, and a page may be a million tags deep.
/// </summary>
internal sealed class HtmlReader
{
    // Elements further down are read as if their tags were not there.
    private const int MaxDepth = 128;
    private const int BetweenLooks = 1024;

    private readonly PageText _text;
    private readonly bool _isMarkdown;
    private readonly List<(string Name, Action Close)> _open = [];
    private readonly Stack<int?> _lists = [];
    private int _hidden;
    private int _cells;

    private HtmlReader(bool isMarkdown) => (_text, _isMarkdown) = (new PageText(), isMarkdown);

    /// <summary>Reads a page.</summary>
    /// <param name="html">The page.</param>
    /// <param name="isMarkdown">Whether headings, emphasis, links and the like are marked; otherwise the text alone is returned.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static string Read(string html, bool isMarkdown, CancellationToken cancellationToken)
    {
        var reader = new HtmlReader(isMarkdown);
        using var source = new TextSource(html);
        using var tokens = new HtmlTokenizer(source, HtmlEntityProvider.Resolver) { SkipComments = true };
        for (var count = 0; tokens.Get() is { Type: not HtmlTokenType.EndOfFile } token; count++)
        {
            if (count % BetweenLooks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (token.Type == HtmlTokenType.Character)
                reader.Write(token.Data);
            else if (token.Type == HtmlTokenType.StartTag)
                tokens.State = reader.Begin(token.AsTag());
            else if (token.Type == HtmlTokenType.EndTag)
                reader.End(token.Name);
        }

        reader.CloseTo(0);
        return reader._text.ToString();
    }

    private void Write(string text)
    {
        if (_hidden == 0)
            _text.Write(text);
    }

    /// <summary>Takes up an element, and tells how what follows is to be read.</summary>
    private HtmlParseMode Begin(HtmlTagToken tag)
    {
        switch (tag.Name)
        {
            case "script":
                Open(tag.Name, Hide());
                return HtmlParseMode.Script;
            case "style" or "iframe" or "noembed" or "noframes" or "xmp":
                Open(tag.Name, Hide());
                return HtmlParseMode.Rawtext;
            case "title":
                Block(tag.Name);
                return HtmlParseMode.RCData;
            case "textarea":
                Open(tag.Name, Hide());
                return HtmlParseMode.RCData;
            case "noscript" or "object" or "template" or "svg":
                Open(tag.Name, Hide());
                break;
            case "br":
                _text.Break(1);
                break;
            case "hr":
                _text.Break(2);
                Mark("---");
                _text.Break(2);
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                Block(tag.Name);
                Lead(new string('#', tag.Name[1] - '0') + " ");
                break;
            case "p" or "table" or "figure" or "dl":
                Block(tag.Name);
                break;
            case "ul" or "ol":
                BeginList(tag);
                break;
            case "li":
                BeginItem();
                break;
            case "blockquote":
                Block(tag.Name, "> ");
                break;
            case "pre":
                BeginPre();
                break;
            case "b" or "strong":
                Enclose(tag.Name, "**");
                break;
            case "i" or "em":
                Enclose(tag.Name, "*");
                break;
            case "del" or "s":
                Enclose(tag.Name, "~~");
                break;
            case "code" or "kbd" or "samp" when !_text.IsVerbatim:
                Enclose(tag.Name, "`");
                break;
            case "a" when tag.GetAttribute("href") is { Length: > 0 } target:
                Enclose(tag.Name, "[", $"]({target})");
                break;
            // An image that is within its own address is of no use as text.
            case "img" when tag.GetAttribute("src") is { Length: > 0 } source && !source.StartsWith("data:", StringComparison.OrdinalIgnoreCase):
                Mark($"![{tag.GetAttribute("alt")}]({source})");
                break;
            case "td" or "th":
                if (_cells++ > 0)
                    Write(_isMarkdown ? " | " : " ");
                break;
            case "tr":
                _cells = 0;
                Line(tag.Name);
                break;
            case "div" or "section" or "article" or "header" or "footer" or "nav" or "main" or "aside" or "form" or "dt" or "dd" or "option":
                Line(tag.Name);
                break;
        }

        return HtmlParseMode.PCData;
    }

    private void End(string name)
    {
        var at = _open.FindLastIndex(open => open.Name == name);
        if (at >= 0)
            CloseTo(at);
        else if (name == "p")
            _text.Break(2);
    }

    private void CloseTo(int depth)
    {
        while (_open.Count > depth)
        {
            var close = _open[^1].Close;
            _open.RemoveAt(_open.Count - 1);
            close();
        }
    }

    private void Open(string name, Action close)
    {
        if (_open.Count < MaxDepth)
            _open.Add((name, close));
        else
            close();
    }

    private Action Hide()
    {
        _hidden++;
        return () => _hidden--;
    }

    private void Mark(string mark)
    {
        if (_isMarkdown && _hidden == 0)
            _text.Mark(mark);
    }

    private void Lead(string mark)
    {
        if (_isMarkdown && _hidden == 0)
            _text.Lead(mark);
    }

    private void Block(string name, string indent = "")
    {
        // A paragraph ends where the next block begins.
        if (_open.Count > 0 && _open[^1].Name == "p")
            CloseTo(_open.Count - 1);
        _text.Break(2);
        var leave = _text.Indent(_isMarkdown ? indent : "");
        Open(name, () =>
        {
            leave();
            _text.Break(2);
        });
    }

    private void Line(string name)
    {
        _text.Break(1);
        Open(name, () => _text.Break(1));
    }

    private void BeginList(HtmlTagToken tag)
    {
        // A list within an item follows its text without a blank line.
        if (_lists.Count == 0)
            Block(tag.Name);
        else
            Open(tag.Name, static () => { });
        if (_open.Count == MaxDepth)
            return;
        _lists.Push(tag.Name == "ol" ? (int.TryParse(tag.GetAttribute("start"), out var first) ? first : 1) : null);
        var (name, close) = _open[^1];
        _open[^1] = (name, () =>
        {
            _lists.Pop();
            close();
        });
    }

    private void BeginItem()
    {
        // An item ends where the next one of the same list begins.
        var item = _open.FindLastIndex(static open => open.Name == "li");
        if (item > _open.FindLastIndex(static open => open.Name is "ul" or "ol"))
            CloseTo(item);
        _text.Break(1);
        var mark = "- ";
        if (_lists.TryPop(out var number))
        {
            mark = number is { } count ? $"{count}. " : mark;
            _lists.Push(number + 1);
        }

        Lead(mark);
        var leave = _text.Indent(_isMarkdown ? new string(' ', mark.Length) : "");
        Open("li", () =>
        {
            leave();
            _text.Break(1);
        });
    }

    private void BeginPre()
    {
        _text.Break(2);
        Mark("```");
        _text.Break(1);
        var leave = _text.Verbatim();
        Open("pre", () =>
        {
            leave();
            _text.Break(1);
            Mark("```");
            _text.Break(2);
        });
    }

    private void Enclose(string name, string before, string? after = null)
    {
        if (!_isMarkdown || _hidden > 0 || _text.IsVerbatim)
            return;
        _text.Begin(before);
        Open(name, () => _text.End(after ?? before));
    }
}

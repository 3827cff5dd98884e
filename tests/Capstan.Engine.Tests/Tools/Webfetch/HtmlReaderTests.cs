using Capstan.Engine.Tools.Webfetch;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Webfetch;

public sealed class HtmlReaderTests
{
    private static string Read(string html, bool isMarkdown = true) => HtmlReader.Read(html, isMarkdown, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("<h2>A <em>b</em></h2>text", "## A *b*\n\ntext")]
    [InlineData("<p>one\n   two<p>three", "one two\n\nthree")]
    [InlineData("a<br>b", "a\nb")]
    [InlineData("<a href='/x?a=1&amp;b=2'>link</a> &lt;t&gt; &nbsp;caf&eacute;", "[link](/x?a=1&b=2) <t> café")]
    [InlineData("<p><b></b><a href=x></a></p><p>x</p>", "x")]
    [InlineData("a <b> b </b>c", "a **b** c")]
    [InlineData("<ul><li>a<li>b<ul><li>c</ul></ul><p>d", "- a\n- b\n  - c\n\nd")]
    [InlineData("<ol start=3><li><p>a</p><p>b</p></li><li>c</li></ol>", "3. a\n\n   b\n\n4. c")]
    [InlineData("<pre><code>\nlet a = 1\n\n  b\n</code></pre>x", "```\nlet a = 1\n\n  b\n```\n\nx")]
    [InlineData("<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n>\n> b\n\nc")]
    [InlineData("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n\n> b\n>\n> > c\n\nd")]
    [InlineData("<table><tr><th>A</th><th>B</th></tr><tr><td>1<td>2</table>", "A | B\n1 | 2")]
    [InlineData("<img src=i.png alt=pic><img src='data:image/png;base64,xx'>", "![pic](i.png)")]
    [InlineData("a<hr>b", "a\n\n---\n\nb")]
    [InlineData("<title>T</title><style>p{}</style><script>if (a<b) '</p>'</script><!-- c --><noscript>n</noscript><svg><text>s</text></svg>x", "T\n\nx")]
    [InlineData("use <code>a &lt; b</code>", "use `a < b`")]
    [InlineData("</b></p></li>a</ul><td>b", "ab")]
    [InlineData("<b>a<p>b</b>c", "**a\n\nb**\n\nc")]
    public void Elements_become_what_Markdown_has_for_them(string html, string markdown) => Assert.Equal(markdown, Read(html));

    [Fact]
    public void Text_is_left_where_marks_are_not_wanted() => Assert.Equal(
        "Top\n\nOne bold link\n\na\nb\n\nx\n  y", Read("<h1>Top</h1><p>One <b>bold</b> <a href=x>link</a><ul><li>a<li>b</ul><pre>x\n  y</pre>", isMarkdown: false));

    [Theory]
    [InlineData("<div>")]
    [InlineData("<blockquote>x")]
    [InlineData("<ul><li>")]
    [InlineData("<p><b>")]
    [InlineData("<a href=x>")]
    [InlineData("<table><tr><td>x")]
    [InlineData("</p>")]
    [InlineData("<")]
    public void A_page_that_is_as_deep_as_it_is_long_is_read_all_the_same(string piece)
    {
        var html = string.Concat(Enumerable.Repeat(piece, 300_000 / piece.Length)) + "<p>end";
        var text = Read(html);
        Assert.EndsWith("end", text.TrimEnd('*', ')', 'x', '(', ']'), StringComparison.Ordinal);
        Assert.InRange(text.Length, 3, 40 * html.Length);
    }

    [Fact]
    public void Reading_ends_with_the_call()
    {
        using var abort = new CancellationTokenSource();
        abort.Cancel();
        Assert.Throws<OperationCanceledException>(() => HtmlReader.Read("<p>x", true, abort.Token));
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Capstan.Engine.Searching;
using Capstan.Engine.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class SearchToolTests : ToolTest
{
    private async Task<string[]> GlobAsync(string pattern)
    {
        var output = (await RunAsync("glob", new() { ["pattern"] = pattern })).Output;
        return output == "No files found" ? [] : [.. output.Split('\n').Select(path => path[(Root.Length + 1)..])];
    }

    private async Task<string> GrepAsync(string pattern, string? include = null, string? path = null)
    {
        var input = new JsonObject { ["pattern"] = pattern };
        if (include is not null)
            input["include"] = include;
        if (path is not null)
            input["path"] = path;
        return (await RunAsync("grep", input)).Output;
    }

    [Theory]
    [InlineData("*.txt", "a/b/c.txt", true)]
    [InlineData("c.txt", "a/b/c.txt", true)]
    [InlineData("/c.txt", "a/c.txt", false)]
    [InlineData("a/*.txt", "a/c.txt", true)]
    [InlineData("a/*.txt", "a/b/c.txt", false)]
    [InlineData("a/**/*.txt", "a/c.txt", true)]
    [InlineData("a/**/*.txt", "a/b/d/c.txt", true)]
    [InlineData("**/b/*", "a/b/c", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("**/x/**/y", "x/1/x/2/y", true)]
    [InlineData("[a-c]?.{cs,md}", "q/b1.md", true)]
    [InlineData("[!a]*", "abc", false)]
    [InlineData("{a,b{c,d}}", "bd", true)]
    [InlineData("*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_pattern_means_what_it_means_in_an_ignore_file(string pattern, string path, bool matches) =>
        Assert.Equal(matches, FileGlob.Parse(pattern).IsMatch(path));

    [Fact]
    public async Task Ignore_files_hold_at_all_levels()
    {
        Put(".gitignore", "*.log\n/top.txt\nbuild/\n!keep.log\ndocs/**/draft.md\n# no\n\n");
        foreach (var name in new[] { "a.log", "keep.log", "sub/b.log", "sub/c.tmp", "sub/d.txt", "top.txt", "sub/top.txt", "build/x.txt",
            "sub/build/x.txt", "docs/draft.md", "docs/1/2/draft.md", "docs/1/final.md", "file/build" })
        {
            Put(name, "found\n");
        }

        Put("sub/.gitignore", "*.tmp\n!b.log\n");
        string[] expected = ["docs/1/final.md", "file/build", "keep.log", "sub/b.log", "sub/d.txt", "sub/top.txt"];
        Assert.Equal(expected, (await GlobAsync("**")).Where(path => !path.EndsWith(".gitignore", StringComparison.Ordinal)));
        var lines = (await GrepAsync("found")).Split('\n').Where(line => line.EndsWith(':'));
        Assert.Equal(expected.Select(path => $"{Root}/{path}:"), lines);
    }

    [Fact]
    public async Task A_search_below_the_top_keeps_to_the_rules_above_it()
    {
        Put(".git/HEAD", "");
        Put(".gitignore", "*.gen\n/sub/only\n");
        Put("sub/a.gen", "found");
        Put("sub/only", "found");
        Put("sub/b", "found");
        Assert.Equal($"Found 1 matches\n{Root}/sub/b:\n  Line 1: found", await GrepAsync("found", path: "sub"));
    }

    [Fact]
    public async Task Hidden_files_are_searched_by_content_and_found_by_a_name_that_says_so()
    {
        Put(".hid/c.txt", "found");
        Put(".git/config", "found");
        Put("c.txt", "");
        Assert.Equal(["c.txt"], await GlobAsync("c.txt"));
        Assert.Equal([".hid/c.txt", "c.txt"], await GlobAsync("*"));
        Assert.Equal($"Found 1 matches\n{Root}/.hid/c.txt:\n  Line 1: found", await GrepAsync("found"));
    }

    [Fact]
    public async Task Matches_are_shown_by_file_with_their_line_ends()
    {
        Put("b.txt", "line one\nother\nline two\n");
        Put("a.txt", "line a\r\nlast line");
        Put("bin", "line\0");
        Assert.Equal(
            $"Found 4 matches\n{Root}/a.txt:\n  Line 1: line a\r\n\n  Line 2: last line\n\n"
            + $"{Root}/b.txt:\n  Line 1: line one\n\n  Line 3: line two\n", await GrepAsync("line"));
        Assert.Equal($"Found 1 matches\n{Root}/b.txt:\n  Line 3: line two\n", await GrepAsync(@"^line\s[tx]wo$", "*.{txt,md}"));
        Assert.Equal("No files found", await GrepAsync("absent"));
    }

    [Fact]
    public async Task Lines_across_the_edges_of_the_buffer_keep_their_numbers()
    {
        var text = string.Concat(Enumerable.Range(1, 200_000).Select(n => n % 40_000 == 0 ? $"found {n}\n" : $"line {n}\n"));
        Put("big", text + new string('x', 300_000) + " found at last");
        var lines = (await GrepAsync("found")).Split('\n').Where(line => line.StartsWith("  Line", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [40_000, 80_000, 120_000, 160_000, 200_000, 200_001],
            lines.Select(line => int.Parse(line.Split(' ')[3].TrimEnd(':'), System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(lines.Take(5), line => Assert.EndsWith("found " + line.Split(' ')[3].TrimEnd(':'), line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("foo.*bar", true)]
    [InlineData("fo+ b?", true)]
    [InlineData("(?i)FOO", true)]
    [InlineData("x|foo", true)]
    [InlineData(@"\bfoo\b", true)]
    [InlineData("fo{2} x?bar", true)]
    [InlineData(@"b[[:alpha:]]r\(1\)", true)]
    [InlineData("foox?x* bar", true)]
    [InlineData("foo$", false)]
    [InlineData(@"bar\.1", false)]
    public async Task Expressions_match_within_lines(string pattern, bool matches)
    {
        Put("f", "zero\nfoo bar(1)\n");
        Assert.Equal(matches, (await GrepAsync(pattern)).StartsWith("Found 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hostile_expression_runs_in_linear_time()
    {
        Put("f", new string('a', 200_000) + "!\n");
        Assert.Equal("No files found", await GrepAsync("(a+)+(a*)*$x"));
        Assert.StartsWith("Found 1", await GrepAsync("^(a|aa)+!$"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[z-a]")]
    [InlineData(@"(a)\1")]
    [InlineData("(?<=a)b")]
    [InlineData("((a{1000}){1000}){1000}")]
    public async Task An_expression_that_cannot_be_run_is_refused_with_a_reason(string pattern) =>
        Assert.StartsWith("The pattern", (await Assert.ThrowsAsync<ToolException>(() => GrepAsync(pattern))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_first_hundred_in_order_are_shown_whatever_is_found_first()
    {
        for (var i = 0; i < 300; i++)
            Put($"d{i % 7}/f{i:000}", "found\nfound\n");
        var names = Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var files = await RunAsync("glob", new() { ["pattern"] = "f*" });
        Assert.Equal(names.Take(100), files.Output.Split('\n').Take(100));
        Assert.Equal("""{"count":100,"truncated":true}""", files.Metadata.ToJsonString());
        var first = await GrepAsync("found");
        Assert.StartsWith("Found 100 matches (more matches available)\n", first, StringComparison.Ordinal);
        Assert.Equal(names.Take(50).Select(name => name + ":"), first.Split('\n').Where(line => line.EndsWith(':')));
        Assert.Equal(first, await GrepAsync("f[o]und"));
    }

    [Fact]
    public async Task A_search_can_be_cancelled()
    {
        Put("f", "x");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RunAsync("grep", new() { ["pattern"] = "x" }, cancelled.Token));
    }

    [Fact(Explicit = true)]
    public async Task A_tree_of_fifty_thousand_files_for_measuring()
    {
        for (var i = 0; i < 50_000; i++)
            Put($"d{i % 100}/e{i / 100 % 25}/file{i}.cs", string.Concat(Enumerable.Repeat($"some text of file {i} in a line\n", 30)));
        Put(".gitignore", "*.log\nbin/\nobj/\nnode_modules/\n/dist\n");
        foreach (var (tool, pattern) in new[] { ("glob", "*49999.cs"), ("glob", "**/e1/*.md"), ("grep", "file 49999 "), ("grep", "absent"),
            ("grep", @"file 4999\d in"), ("grep", "[x-z]{2}q"), ("grep", @"[a-f]{3}\d|\d[a-f]{3}"), ("glob", "*49999.cs"), ("grep", "absent") })
        {
            var clock = Stopwatch.StartNew();
            var result = await RunAsync(tool, new() { ["pattern"] = pattern });
            TestContext.Current.TestOutputHelper!.WriteLine($"{tool} {pattern}: {clock.ElapsedMilliseconds} ms, {result.Metadata.ToJsonString()}");
        }
    }
}

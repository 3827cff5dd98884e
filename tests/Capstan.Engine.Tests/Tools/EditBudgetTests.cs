using System.Text.Json.Nodes;
using Capstan.Engine.Tools;
using Capstan.Engine.Tools.Edit;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

/// <summary>R9: looking for a text costs a bounded number of steps, whatever file and text are like, and ends when the call is given up.</summary>
public sealed class EditBudgetTests : ToolTest
{
    private const int Lines = 20_000;

    public static TheoryData<string, string, string> Expensive => new()
    {
        // Every line is like every other, so that nearly every place is nearly right.
        { "alike lines, another last one", Repeat("    value();\n", Lines), Repeat("  value();\n", Lines / 2) + "end\n" },
        { "alike lines, another first one", Repeat("    value();\n", Lines), "begin\n" + Repeat("  value();\n", Lines / 2) },
        { "anchors everywhere, nothing between", Repeat("}\n", Lines), "}\n" + Repeat("quite another line of text, as long as such lines are\n", Lines / 2) + "}\n" },
        { "anchors everywhere, something like it between", Alternating("}\n", "call(alpha, beta, gamma, 1234567890);\n"), "}\n" + Repeat("call(alpha, beta, delta, 1234567890);\n", 300) + "}\n" },
        { "indented differently", Alternating("  a\n", "      b\n"), Alternating("a\n", "   b\n")[..^5] + "c\n" },
        { "one line of many words", Repeat("word ", Lines * 4), Repeat("word  ", Lines) + "end" },
        { "one letter", new string('a', Lines * 50), new string('a', Lines * 25) + "b" + new string('a', 1000) },
        { "blanks", Repeat(" \t", Lines * 10), Repeat(" ", Lines) + "x" + Repeat("\t", Lines) },
    };

    [Theory]
    [MemberData(nameof(Expensive))]
    public void R9_a_search_in_many_lines_ends_within_its_budget(string kind, string content, string wanted)
    {
        var budget = EditBudget.For(content, wanted, Cancel);

        var error = Assert.Throws<ToolException>(() => EditMatcher.Replace(content, wanted, "x", false, budget));

        Assert.NotEmpty(kind);
        Assert.Contains("oldString", error.Message, StringComparison.Ordinal);
        // One strategy's last step may be a whole similarity of two lines, a quarter of a million.
        Assert.InRange(budget.Spent, 1, 200_000_000 + (64L * (content.Length + wanted.Length)) + 1_000_000);
    }

    [Theory]
    [InlineData("LineTrimmed")]
    [InlineData("WhitespaceNormalized")]
    [InlineData("Exact")]
    [InlineData("IndentationFlexible")]
    public void Strategies_without_similarity_cost_a_few_steps_a_character(string name)
    {
        var content = Repeat("    value();\n", Lines);
        var wanted = Repeat("  value();\n", Lines / 2) + "end\n";
        var budget = EditBudget.For(content, wanted, Cancel);

        Assert.Empty(Strategy(name)(Search(content, wanted, budget)));

        Assert.InRange(budget.Spent, 1, 8L * (content.Length + wanted.Length));
    }

    [Theory]
    [InlineData("Exact")]
    [InlineData("LineTrimmed")]
    [InlineData("BlockAnchor")]
    [InlineData("WhitespaceNormalized")]
    [InlineData("IndentationFlexible")]
    [InlineData("EscapeNormalized")]
    [InlineData("TrimmedBoundary")]
    [InlineData("ContextAware")]
    public void R7_every_strategy_ends_when_the_call_is_given_up(string name)
    {
        var content = Repeat("}\n", Lines);
        var wanted = " }\nbegin \\n\n" + Repeat("}\n", Lines / 2) + "}\n";
        using var given = new CancellationTokenSource();
        given.Cancel();
        var search = Search(content, wanted, EditBudget.For(content, wanted, given.Token));

        Assert.ThrowsAny<OperationCanceledException>(() => Strategy(name)(search).Count());
    }

    [Fact]
    public async Task R7_an_edit_that_is_given_up_ends_and_changes_nothing()
    {
        var content = Repeat("}\n", Lines);
        Put("file", content);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            "edit", new JsonObject { ["filePath"] = "file", ["oldString"] = "}\nx\n}", ["newString"] = "y" }, given.Token));
        Assert.Equal(content, Text("file"));
    }

    [Theory]
    [InlineData("aaaa", "aaa", false, "oldString occurs in several places")]
    [InlineData("aaaa", "aaa", true, "xa")]
    [InlineData("abababab", "aba", true, "xbxb")]
    public void Places_that_overlap_are_two_guesses_unless_all_are_changed(string content, string old, bool all, string expected)
    {
        var budget = EditBudget.For(content, old, Cancel);
        var result = Record.Exception(() => EditMatcher.Replace(content, old, "x", all, budget))?.Message ?? EditMatcher.Replace(content, old, "x", all, budget);
        Assert.StartsWith(expected, result, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static string Alternating(string one, string other) => Repeat(one + other, Lines / 2);

    private static EditSearch Search(string content, string wanted, EditBudget budget) =>
        new(new LineIndex(content), EditText.For(content, wanted, "x"), false, budget);

    private static Func<EditSearch, IEnumerable<EditMatch>> Strategy(string name) => name switch
    {
        "Exact" => EditStrategies.Exact,
        "LineTrimmed" => EditStrategies.LineTrimmed,
        "BlockAnchor" => EditStrategies.BlockAnchor,
        "WhitespaceNormalized" => EditStrategies.WhitespaceNormalized,
        "IndentationFlexible" => EditStrategies.IndentationFlexible,
        "EscapeNormalized" => EditStrategies.EscapeNormalized,
        "TrimmedBoundary" => EditStrategies.TrimmedBoundary,
        _ => EditStrategies.ContextAware,
    };
}

using Capstan.Engine.Searching;
using Xunit;

namespace Capstan.Engine.Tests.Searching;

/// <summary>Which paths fit what somebody typed, and which fits best.</summary>
public sealed class NameQueryTests
{
    /// <summary>Of two paths that fit, the first one fits better.</summary>
    [Theory]
    // The ways in which a word fits, the best first.
    [InlineData("main", "lib/deep/main", "main.cs")]
    [InlineData("main", "lib/deep/main/", "main.cs")]
    [InlineData("main", "lib/deep/main.cs", "domain")]
    [InlineData("main", "lib/deep/domain", "main/x")]
    [InlineData("main", "main/lib/deep/x", "m_ain")]
    [InlineData("mcs", "lib/deep/m.cs", "mc/s")]
    // As many segments as the word has are compared.
    [InlineData("src/ma", "lib/src/main.cs", "src/x/ma")]
    [InlineData("src/ma", "a/b/c/src/ma", "src/main.cs")]
    [InlineData("src/", "a/src/", "src/main.cs")]
    // Characters that stand apart begin words of the path rather than not.
    [InlineData("atxt", "src/deep/a.txt", "late.txt")]
    [InlineData("nq", "deep/er/NameQuery.cs", "nameseq.cs")]
    [InlineData("txt", "long_name.txt", "atxtb")]
    // Then shorter paths, in any letter case.
    [InlineData("MAIN", "a/main.c", "a/Main.cs")]
    [InlineData("", "b", "aa")]
    // Words are looked for one by one.
    [InlineData("deep main", "deep/main", "main/deeper")]
    [InlineData("./src", "src/", "srcs/")]
    public void The_first_path_fits_better(string query, string better, string worse)
    {
        var wanted = NameQuery.Parse(query);

        var (first, second) = (wanted.Rank(better), wanted.Rank(worse));

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.True(first < second, $"{better}: {first}, {worse}: {second}");
    }

    [Theory]
    [InlineData("abc", "acb")]
    [InlineData("aa", "a")]
    [InlineData("src main", "src/other")]
    [InlineData("a/b", "ab")]
    public void A_path_without_the_words_characters_in_their_order_does_not_fit(string query, string path) =>
        Assert.Null(NameQuery.Parse(query).Rank(path));

    [Fact]
    public void A_word_with_a_slash_at_its_end_is_no_files_name() =>
        Assert.True(NameQuery.Parse("src/").Rank("src/") < NameQuery.Parse("src/").Rank("x/src/y"));
}

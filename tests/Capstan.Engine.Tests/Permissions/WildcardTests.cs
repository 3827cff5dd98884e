using Capstan.Engine.Permissions;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Permissions;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "*", true)]
    [InlineData("a/b\nc", "*", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "ab", false)]
    [InlineData("ABC", "abc", false)]
    [InlineData("abc", "a?c", true)]
    [InlineData("ac", "a?c", false)]
    [InlineData("src/a/b.cs", "src/*.cs", true)]
    [InlineData("src\\a.cs", "src/*.cs", true)]
    [InlineData("src/a.cs", "src\\*", true)]
    [InlineData("ls", "ls *", true)]
    [InlineData("ls -la", "ls *", true)]
    [InlineData("lsof", "ls *", false)]
    [InlineData("ls", "ls  *", false)]
    [InlineData("git push origin", "git * origin", true)]
    [InlineData("aab", "*ab", true)]
    [InlineData("ab", "*ab*ab", false)]
    [InlineData("abab", "*ab*ab", true)]
    [InlineData("xaybzc", "*a?b?c", true)]
    [InlineData("xaybzc", "*a?b*c", true)]
    [InlineData("xab", "*a?b*", false)]
    [InlineData("xaayb", "*a?b*", true)]
    [InlineData("ayb", "*a?b*", true)]
    [InlineData("xaybzb", "*a?b*z?*", true)]
    [InlineData("ab", "*a**b", true)]
    [InlineData("a.env", "*.env", true)]
    [InlineData("a.env.local", "*.env", false)]
    [InlineData("a.env.local", "*.env.*", true)]
    [InlineData("a+b(c)", "a+b(c)", true)]
    [InlineData("aXb", "a.b", false)]
    public void The_table_of_the_field_holds(string text, string pattern, bool matches) =>
        Assert.Equal(matches, Wildcard.Matches(text, pattern));

    [Fact]
    public void It_never_throws_and_agrees_with_a_plain_definition() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts(), Texts(), (text, pattern) => Wildcard.Matches(text, pattern) == Expected(text, pattern)));

    [Fact]
    public void Everything_matches_a_star_and_a_literal_matches_itself() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
            Wildcard.Matches(text.Get, "*")
            && Wildcard.Matches(text.Get, text.Get.Replace("*", "?", StringComparison.Ordinal))));

    [Fact]
    public void A_hostile_pattern_comes_to_an_end()
    {
        // A matcher that tries every way to spread the stars would still be at it in a year.
        var text = new string('a', 20_000);
        Assert.False(Wildcard.Matches(text, string.Concat(Enumerable.Repeat("a*", 5_000)) + "b"));
        Assert.False(Wildcard.Matches(text, string.Concat(Enumerable.Repeat("*?a", 5_000)) + "b"));
        Assert.False(Wildcard.Matches(text, "*" + new string('a', 10_000) + "b*"));
    }

    private static Arbitrary<string> Texts() =>
        Gen.Elements('a', 'b', '*', '?', '/', '\\', ' ', '\n').ArrayOf().Select(letters => new string(letters)).ToArbitrary();

    // The definition, by dynamic programming over both.
    private static bool Expected(string text, string pattern)
    {
        (text, pattern) = (text.Replace('\\', '/'), pattern.Replace('\\', '/'));
        return Whole(text, pattern) || (pattern.EndsWith(" *", StringComparison.Ordinal) && Whole(text, pattern[..^2]));
    }

    private static bool Whole(string text, string pattern)
    {
        var fits = new bool[text.Length + 1, pattern.Length + 1];
        fits[0, 0] = true;
        for (var i = 0; i <= text.Length; i++)
        {
            for (var j = 1; j <= pattern.Length; j++)
            {
                fits[i, j] = pattern[j - 1] == '*'
                    ? fits[i, j - 1] || (i > 0 && fits[i - 1, j])
                    : i > 0 && fits[i - 1, j - 1] && (pattern[j - 1] == '?' || pattern[j - 1] == text[i - 1]);
            }
        }

        return fits[text.Length, pattern.Length];
    }
}

using Capstan.Engine.Permissions;
using Xunit;

namespace Capstan.Engine.Tests.Permissions;

/// <summary>Patterns against texts of which parts are not known: <c>_</c> stands for any text, <c>~</c> for none or a blank and any.</summary>
public sealed class GappedTextTests
{
    [Theory]
    [InlineData("git _", "git *", true)]
    [InlineData("git~", "git *", true)]
    [InlineData("git~ push", "git *", true)]
    [InlineData("git _", "*", true)]
    [InlineData("git _", "git _", false)]
    [InlineData("git _", "git push *", false)]
    [InlineData("git~ push", "git * push", false)]
    [InlineData("git _", "git ?*", false)]
    [InlineData("gi_", "git *", false)]
    [InlineData("git status", "git *", true)]
    public void A_pattern_covers_what_it_matches_whatever_is_missing(string text, string pattern, bool expected) =>
        Assert.Equal(expected, GappedText.Covers(Gaps(text), pattern));

    [Theory]
    [InlineData("git _", "git push *", true)]
    [InlineData("git~", "git push *", true)]
    [InlineData("git~", "git", true)]
    [InlineData("git~ push", "git push", true)]
    [InlineData("rm sec_", "rm secret", true)]
    [InlineData("rm sec_", "rm sec", true)]
    [InlineData("rm sec_", "rm public *", false)]
    [InlineData("rm _ x", "rm secret", false)]
    [InlineData("rm ab_bc", "rm abc", false)]
    [InlineData("git _", "rm *", false)]
    [InlineData("git _", "?it pu?h", true)]
    [InlineData("_", "*x", true)]
    [InlineData("rm _", "*x", true)]
    [InlineData("rm _ y", "*x", false)]
    [InlineData("git log", "git push *", false)]
    public void A_pattern_may_match_where_something_missing_would_fit(string text, string pattern, bool expected) =>
        Assert.Equal(expected, GappedText.MayMatch(Gaps(text), pattern));

    private static string Gaps(string text) =>
        text.Replace('_', PermissionSubject.Gap).Replace('~', PermissionSubject.OptionalGap);
}

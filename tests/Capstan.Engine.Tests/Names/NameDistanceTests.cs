using Capstan.Engine.Names;
using Xunit;

namespace Capstan.Engine.Tests.Names;

public sealed class NameDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("ABC", "abc", 0)]
    [InlineData("abc", "abd", 1)]
    [InlineData("abc", "abcd", 1)]
    [InlineData("abc", "ac", 1)]
    [InlineData("ab", "ba", 1)]
    [InlineData("modle", "model", 1)]
    [InlineData("ca", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("sunday", "saturday", 3)]
    public void It_counts_the_letters_to_change(string a, string b, int distance)
    {
        Assert.Equal(distance, NameDistance.Between(a, b));
        Assert.Equal(distance, NameDistance.Between(b, a));
    }

    [Fact]
    public void Names_of_up_to_200_letters_are_compared()
    {
        var longest = new string('a', 200);

        Assert.Equal(0, NameDistance.Between(longest, longest));
        Assert.Equal(200, NameDistance.Between(longest, ""));
        Assert.Equal(int.MaxValue, NameDistance.Between(longest + "a", "a"));
        Assert.Equal(int.MaxValue, NameDistance.Between("a", longest + "a"));
    }
}

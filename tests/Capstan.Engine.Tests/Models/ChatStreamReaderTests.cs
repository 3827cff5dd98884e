using System.Text;
using Capstan.Engine.Models.OpenAICompatible;
using Xunit;

namespace Capstan.Engine.Tests.Models;

public sealed class ChatStreamReaderTests
{
    [Theory]
    [InlineData("""plain \"text\" \\ \/ \n\u00e4""", "plain \"text\" \\ / \nä")]
    [InlineData("""\ud83d\ude00""", "😀")]
    public void A_text_is_read(string json, string expected) => Assert.Equal(expected, Read(json));

    [Fact]
    public void Half_a_character_is_read_as_it_is()
    {
        Assert.Equal("a\tsmile \ud83d", Read("""a\tsmile \ud83d"""));
        Assert.Equal("\ude00 \"so\" \\ / \b\f\n\r ä", Read("""\ude00 \"so\" \\ \/ \b\f\n\r ä"""));
    }

    private static string? Read(string json) => new ChatStreamReader(new Uri("http://127.0.0.1/v1"))
        .Read(Encoding.UTF8.GetBytes("{\"choices\":[{\"delta\":{\"content\":\"" + json + "\"}}]}"))?.Text;
}

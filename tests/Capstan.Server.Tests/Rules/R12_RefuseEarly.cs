using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R12: what is known to be wrong at admission is a 4xx that says what and where, and nothing is stored.</summary>
public sealed class R12_RefuseEarly
{
    private const string Hello = """{"type":"text","text":"hello"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> BadPrompts => new()
    {
        { "", "Expected a JSON object" },
        { "null", "Expected a JSON object" },
        { "{", "The body is not JSON: line 1" },
        { "[]", "Expected an object, got an array" },
        { $$$"""{"parts":[{{{Hello}}}],"tools":[]}""", "Expected an object, got an array\n  at [\"tools\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"model":null,"tools":{"bash":null}}""", "Expected true or false, got null\n  at [\"tools\"][\"bash\"]" },
        { "\"hello\"", "Expected an object, got \"hello\"" },
        { "{}", "Missing key\n  at [\"parts\"]" },
        { """{"parts":"hello"}""", "Expected an array, got \"hello\"\n  at [\"parts\"]" },
        { """{"parts":null}""", "Expected an array, got null\n  at [\"parts\"]" },
        { """{"parts":[3]}""", "Expected an object, got 3\n  at [\"parts\"][0]" },
        { """{"parts":[{"text":"hello"}]}""", "Missing key\n  at [\"parts\"][0][\"type\"]" },
        { """{"parts":[{"type":"text"}]}""", "Missing key\n  at [\"parts\"][0][\"text\"]" },
        { """{"parts":[{"type":"text","text":7}]}""", "Expected a string, got 7\n  at [\"parts\"][0][\"text\"]" },
        { """{"parts":[{"type":"text","text":null}]}""", "Expected a string, got null\n  at [\"parts\"][0][\"text\"]" },
        { """{"parts":[{"type":"song","text":"la"}]}""", "Expected \"text\" | \"file\" | \"agent\" | \"subtask\", got \"song\"\n  at [\"parts\"][0][\"type\"]" },
        { $$$"""{"parts":[{{{Hello}}},{"type":"file","mime":"text/plain"}]}""", "Missing key\n  at [\"parts\"][1][\"url\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"model":"fake/echo"}""", "Expected an object, got \"fake/echo\"\n  at [\"model\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"model":{"providerID":"fake"}}""", "Missing key\n  at [\"model\"][\"modelID\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"noReply":"yes"}""", "Expected true or false, got \"yes\"\n  at [\"noReply\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"tools":{"bash":"no"}}""", "Expected true or false, got \"no\"\n  at [\"tools\"][\"bash\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"messageID":"abc"}""", "Expected a string starting with \"msg\", got \"abc\"\n  at [\"messageID\"]" },
        { """{"parts":[{"type":"text","text":"hello","id":"abc"}]}""", "Expected a string starting with \"prt\", got \"abc\"\n  at [\"parts\"][0][\"id\"]" },
        { $$$"""{"parts":[{{{Hello}}}],"agent":"nobody"}""", "Agent not found: \"nobody\"" },
        { $$$"""{"parts":[{{{Hello}}}],"model":{"providerID":"fake","modelID":"ecko"}}""", "Model not found: fake/ecko. Did you mean: fake/echo" },
        { $$$"""{"parts":[{{{Hello}}}],"model":{"providerID":"none","modelID":"echo"}}""", "Model not found: none/echo" },
    };

    [Theory]
    [MemberData(nameof(BadPrompts))]
    public async Task R12_A_bad_prompt_is_refused_in_plain_words_and_stores_nothing(string body, string problem)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var before = await server.EventCountAsync(Cancelled);

        foreach (var route in new[] { "message", "prompt_async" })
        {
            var (status, text) = await server.AskAsync(HttpMethod.Post, $"/session/{session}/{route}", body, Cancelled);

            Assert.Equal(400, (int)status);
            var error = JsonElement.Parse(text);
            Assert.Equal("BadRequest", error.GetProperty("name").GetString());
            Assert.StartsWith(problem, error.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("Capstan.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        }

        Assert.Equal(before, await server.EventCountAsync(Cancelled));
        Assert.Empty(await server.MessagesAsync(session, Cancelled));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        Assert.Empty(server.Model.Calls);
    }

    [Fact]
    public async Task R12_A_body_that_is_no_text_is_refused()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var content = new ByteArrayContent([.. "{\"title\":\""u8, 0xFF, .. "\"}"u8]);
        using var response = await server.Http.PostAsync("/session", content, Cancelled);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("The body is not UTF-8", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/session/ses_unknown/message", """{"parts":[]}""", 404, "Session not found: ses_unknown")]
    [InlineData("POST", "/session/abc/message", """{"parts":[]}""", 400, "Expected a string starting with \"ses\", got \"abc\"")]
    [InlineData("GET", "/session/abc", null, 400, "Expected a string starting with \"ses\", got \"abc\"")]
    [InlineData("GET", "/session/ses_unknown", null, 404, "Session not found: ses_unknown")]
    [InlineData("GET", "/session/ses_unknown/message", null, 404, "Session not found: ses_unknown")]
    [InlineData("PATCH", "/session/ses_unknown", "{}", 404, "Session not found: ses_unknown")]
    [InlineData("DELETE", "/session/ses_unknown", null, 404, "Session not found: ses_unknown")]
    [InlineData("POST", "/session", """{"title":4}""", 400, "Expected a string, got 4\n  at [\"title\"]")]
    [InlineData("POST", "/session", """{"parentID":"ses_unknown"}""", 404, "Session not found: ses_unknown")]
    [InlineData("POST", "/session", """{"agent":"nobody"}""", 400, "Agent not found: \"nobody\"")]
    [InlineData("POST", "/session", """{"model":{"providerID":"none","id":"x"}}""", 400, "Model not found: none/x")]
    [InlineData("POST", "/session", "{\"title\":\n oops}", 400, "The body is not JSON: line 2")]
    [InlineData("GET", "/session?limit=many", null, 400, "Expected a whole number from 0, got \"many\"\n  at [\"limit\"]")]
    [InlineData("POST", "/permission/abc/reply", """{"reply":"once"}""", 400, "Expected a string starting with \"per\", got \"abc\"")]
    [InlineData("POST", "/permission/per_x/reply", """{"reply":"maybe"}""", 400, "Expected \"once\" | \"always\" | \"reject\", got \"maybe\"\n  at [\"reply\"]")]
    [InlineData("POST", "/permission/per_x/reply", "{}", 400, "Missing key\n  at [\"reply\"]")]
    [InlineData("GET", "/nowhere", null, 404, "No such route: GET /nowhere")]
    public async Task R12_A_bad_request_is_refused_in_plain_words(string method, string path, string? body, int status, string problem)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);

        var (answered, text) = await server.AskAsync(new HttpMethod(method), path, body, Cancelled);

        Assert.Equal(status, (int)answered);
        Assert.StartsWith(
            problem, JsonElement.Parse(text).GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await server.EventCountAsync(Cancelled));
    }
}

using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Redaction;
using Xunit;

namespace Capstan.Engine.Tests.Configuration.Redaction;

public sealed class ConfigRedactionTests
{
    [Theory]
    // By name: the whole value goes, whatever form it has.
    [InlineData("""{"provider":{"p":{"options":{"apiKey":"s","key":"s","private_key":"s","pat":"s","passphrase":"s","token":"s","x":"y"}}}}""",
        """{"provider":{"p":{"options":{"x":"y"}}}}""")]
    [InlineData("""{"a":{"tokens":["s","t"],"secrets":{"one":"s"},"keys":[{"k":["s"]}]}}""", """{"a":{}}""")]
    // Numbers and switches are settings.
    [InlineData("""{"o":{"max_tokens":5,"setCacheKey":true,"tokens":[1,2],"key":{"n":1},"token":null}}""",
        """{"o":{"max_tokens":5,"setCacheKey":true,"tokens":[1,2],"key":{"n":1},"token":null}}""")]
    // Arrays are looked into, however deep.
    [InlineData("""{"list":[{"apiKey":"s","x":"y"},[{"password":"s"}],"sk-abcdefgh1234","plain"]}""", """{"list":[{"x":"y"},[{}],"[redacted]","plain"]}""")]
    [InlineData("""{"mcp":{"m":{"command":["npx","--token","s3cret","--port","80","--api-key=s","-v"]}}}""",
        """{"mcp":{"m":{"command":["npx","--token","[redacted]","--port","80","--api-key=[redacted]","-v"]}}}""")]
    [InlineData("""{"c":["--token",5,"--token",["x"],"y"]}""", """{"c":["--token",5,"--token",["x"],"y"]}""")]
    // What is handed on as it is: nobody can tell which of it is secret.
    [InlineData("""{"mcp":{"m":{"environment":{"A":"s","N":1},"headers":{"X-Org":"s"},"url":"http://u:s@h/x?key=s"}}}""",
        """{"mcp":{"m":{"environment":{"N":1},"headers":{},"url":"http://[redacted]@h/x?key=[redacted]"}}}""")]
    [InlineData("""{"lsp":{"l":{"env":{"A":"s"},"deep":{"environment":{"B":"s"}}}}}""", """{"lsp":{"l":{"env":{},"deep":{"environment":{}}}}}""")]
    [InlineData("""{"provider":{"p":{"env":["NAME_OF_KEY"],"options":{"Headers":{"Cookie":"s"},"baseURL":"http://u:p@h"}}}}""",
        """{"provider":{"p":{"env":["NAME_OF_KEY"],"options":{"Headers":{},"baseURL":"http://[redacted]@h"}}}}""")]
    // Names that people chose tell nothing of what is below them; what is below tells by its own.
    [InlineData("""{"agent":{"token-counter":{"prompt":"p","apiKey":"s"}},"mode":{"key":{"prompt":"p"}},"command":{"secret":{"template":"t"}}}""",
        """{"agent":{"token-counter":{"prompt":"p"}},"mode":{"key":{"prompt":"p"}},"command":{"secret":{"template":"t"}}}""")]
    [InlineData("""{"provider":{"key":{"name":"K","models":{"token":{"name":"T","options":{"secret":"s"}}}}}}""",
        """{"provider":{"key":{"name":"K","models":{"token":{"name":"T","options":{}}}}}}""")]
    [InlineData("""{"permission":{"read":{"*secret*":"deny","key":"ask"},"token":"allow"},"agent":{"a":{"permission":{"bash":{"cat key":"deny"}}}}}""",
        """{"permission":{"read":{"*secret*":"deny","key":"ask"},"token":"allow"},"agent":{"a":{"permission":{"bash":{"cat key":"deny"}}}}}""")]
    [InlineData("""{"references":{"token":"x"},"reference":{"key":"x"},"mcp":{"token":{"url":"u"}},"lsp":{"key":{"command":["c"]}},"formatter":{"secret":{"command":["c"]}}}""",
        """{"references":{"token":"x"},"reference":{"key":"x"},"mcp":{"token":{"url":"u"}},"lsp":{"key":{"command":["c"]}},"formatter":{"secret":{"command":["c"]}}}""")]
    [InlineData("""{"tools":{"token":"x"},"m":{"variants":{"key":"x"},"options":{"key":"s"},"experimental":{"key":"s"}}}""", """{"tools":{"token":"x"},"m":{"variants":{"key":"x"},"options":{},"experimental":{}}}""")]
    public void Secrets_are_left_out_and_all_else_stays(string source, string shown)
    {
        var node = JsonNode.Parse(source)!.AsObject();

        Assert.Equal(JsonNode.Parse(shown)!.ToJsonString(), ConfigRedaction.Without(node).ToJsonString());
        Assert.Equal(JsonNode.Parse(source)!.ToJsonString(), node.ToJsonString());
    }
}

using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Servers;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Server.Tests.Models;

/// <summary>Any <see cref="IChatClient"/> serves as a model: what it says is understood, and what it is sent it can read.</summary>
public sealed class PlainChatClientTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_knows_nothing_of_Capstan_calls_tools_and_reads_its_history()
    {
        var requests = new List<IReadOnlyList<ChatMessage>>();
        var todo = new Dictionary<string, object?> { ["content"] = "look", ["status"] = "pending", ["priority"] = "high" };
        await using var server = await TestServer.StartAsync(
            new()
            {
                Engine = options => options with
                {
                    CreateChatClient = (_, _) => new PlainChatClient(
                        requests,
                        new FunctionCallContent("call_1", "read", new Dictionary<string, object?> { ["filePath"] = "hello.txt", ["limit"] = 1 })
                        {
                            RawRepresentation = JsonElement.Parse("""{"filePath":"its own affair"}"""),
                        },
                        new FunctionCallContent("call_2", "todowrite", new Dictionary<string, object?> { ["todos"] = new object[] { todo } }),
                        new TextContent("done")),
                },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        Assert.Equal("done", Conversation.Text(await server.PromptAsync(session, "look", Cancelled)));
        Assert.Equal("done", Conversation.Text(await server.PromptAsync(session, "once more", Cancelled)));

        // Out: what it called, as JSON on the wire.
        var tools = (await server.MessagesAsync(session, Cancelled))
            .SelectMany(static message => message.GetProperty("parts").EnumerateArray())
            .Where(static part => part.GetProperty("type").GetString() == "tool").Select(static part => part.GetProperty("state")).ToList();
        Assert.All(tools, static state => Assert.Equal("completed", state.GetProperty("status").GetString()));
        Assert.Equal("""{"filePath":"hello.txt","limit":1}""", tools[0].GetProperty("input").GetRawText());
        Assert.Contains("line one", tools[0].GetProperty("output").GetString(), StringComparison.Ordinal);
        var todos = await server.GetAsync($"/session/{session}/todo", Cancelled);
        Assert.Equal("look", todos[0].GetProperty("content").GetString());

        // In: its own calls with their arguments, from the turn that runs and from an earlier one, and what it wants back.
        Assert.Equal(4, requests.Count);
        foreach (var request in (IReadOnlyList<ChatMessage>[])[requests[2], requests[3]])
        {
            var calls = request.SelectMany(static message => message.Contents).OfType<FunctionCallContent>().ToList();
            Assert.Equal(["call_1", "call_2"], calls.Select(static call => call.CallId));
            Assert.Equal(["filePath", "limit"], calls[0].Arguments!.Keys);
            Assert.Equal("hello.txt", Assert.IsType<JsonElement>(calls[0].Arguments!["filePath"]).GetString());
            Assert.Equal(1, Assert.IsType<JsonElement>(calls[0].Arguments!["limit"]).GetInt32());
            Assert.Equal("high", Assert.IsType<JsonElement>(calls[1].Arguments!["todos"])[0].GetProperty("priority").GetString());
            var results = request.Where(static message => message.Role == ChatRole.Tool)
                .SelectMany(static message => message.Contents).OfType<FunctionResultContent>().ToList();
            Assert.Equal(["call_1", "call_2"], results.Select(static result => result.CallId));
            Assert.Contains("line one", Assert.IsType<string>(results[0].Result), StringComparison.Ordinal);
            var reasoning = request.SelectMany(static message => message.Contents).OfType<TextReasoningContent>().ToList();
            Assert.Contains(reasoning, static content => content is { Text: "I must look." });
            Assert.Contains(reasoning, static content => content.ProtectedData == "signed");
        }
    }
}

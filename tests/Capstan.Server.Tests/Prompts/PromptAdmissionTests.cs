using System.Net;
using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Prompts;

/// <summary>What the gate takes, refuses, and takes for what.</summary>
public sealed class PromptAdmissionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R12_The_gate_judges_agents_and_models_by_the_configuration_as_it_is_now()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "hello", Cancelled);
        var asked = ServerUnderTest.Prompt("hello");
        asked["agent"] = "helper";
        asked["model"] = new JsonObject { ["providerID"] = "fake", ["modelID"] = "newest" };
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(server, session, asked));

        var before = server.Workspace.Read("opencode.json");
        var configuration = JsonNode.Parse(before)!;
        configuration["agent"] = new JsonObject { ["helper"] = new JsonObject { ["mode"] = "primary" } };
        configuration["provider"]!["fake"]!["models"]!["newest"] = new JsonObject();
        server.Workspace.Write("opencode.json", configuration.ToJsonString());

        // A session is judged alike.
        await server.CreateSessionAsync("""{"title":"t","agent":"helper","model":{"providerID":"fake","id":"newest"}}""", Cancelled);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(server, session, asked));
        server.Workspace.Write("opencode.json", before);
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(server, session, asked));
        Assert.Equal(4, (await server.MessagesAsync(session, Cancelled)).Count);
    }

    [Fact]
    public async Task R12_Two_parts_with_one_identifier_are_refused_and_nothing_is_stored()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var body = JsonNode.Parse(
            """{"parts":[{"type":"text","id":"prt_1","text":"a"},{"type":"text","id":"prt_2","text":"b"},{"type":"text","id":"prt_1","text":"c"}]}""")!;

        var (status, answer) = await server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", body.ToJsonString(), Cancelled);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("prt_1", answer, StringComparison.Ordinal);
        Assert.Contains("[2]", answer, StringComparison.Ordinal);
        Assert.Empty(await server.MessagesAsync(session, Cancelled));
    }

    [Fact]
    public async Task Parts_keep_the_order_in_which_a_client_sends_them_whatever_their_identifiers()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var body = JsonNode.Parse("""{"parts":[{"type":"text","id":"prt_9","text":"first"},{"type":"text","id":"prt_1","text":"second"}]}""")!;

        await server.PromptAsync(session, body.AsObject(), Cancelled);

        var prompt = (await server.MessagesAsync(session, Cancelled))[0];
        Assert.Equal(["first", "second"], prompt.GetProperty("parts").EnumerateArray().Select(static part => part.GetProperty("text").GetString()));
        Assert.Contains(
            """[{"type":"text","text":"first"},{"type":"text","text":"second"}]""",
            server.Model.Turns[0].Body.GetProperty("messages").GetRawText(),
            StringComparison.Ordinal);

        // A long history is read in another way than a short one.
        for (var i = 0; i < 4; i++)
            await server.PromptAsync(session, "more", Cancelled);
        var messages = await server.MessagesAsync(session, Cancelled);
        Assert.Equal(10, messages.Count);
        Assert.Equal(prompt.GetRawText(), messages[0].GetRawText());
    }

    [Fact]
    public async Task SkipInference_is_noReply_and_one_prompt_under_both_names()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var body = ServerUnderTest.Prompt("for later", "msg_later");
        body["skipInference"] = true;

        var injected = await server.PromptAsync(session, body, Cancelled);
        body.Remove("skipInference");
        body["noReply"] = true;
        await server.PromptAsync(session, body, Cancelled);

        Assert.Equal("user", injected.GetProperty("info").GetProperty("role").GetString());
        Assert.Single(await server.MessagesAsync(session, Cancelled));
        Assert.Empty(server.Model.Calls);
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        body = ServerUnderTest.Prompt("now");
        body["skipInference"] = false;
        Assert.Equal("default reply", Conversation.Text(await server.PromptAsync(session, body, Cancelled)));
    }

    [Theory]
    [InlineData(false, "default reply")]
    [InlineData(true, "second")]
    public async Task A_session_that_nobody_chose_a_model_for_goes_over_to_the_configured_one(bool isChosen, string expected)
    {
        string? configured = null;
        await using var server = await TestServer.StartAsync(
            new()
            {
                Workspace = new()
                {
                    Configure = configuration =>
                    {
                        configured = configuration.ToJsonString();
                        foreach (var key in (string[])["model", "small_model", "provider"])
                            configuration.Remove(key);
                    },
                },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var first = ServerUnderTest.Prompt("first");
        if (isChosen)
            first["model"] = new JsonObject { ["providerID"] = "offline", ["modelID"] = "echo" };
        Assert.Contains("first", Conversation.Text(await server.PromptAsync(session, first, Cancelled)), StringComparison.Ordinal);

        server.Workspace.Write("opencode.json", configured!);

        var answer = await server.PromptAsync(session, "second", Cancelled);
        Assert.Contains(expected, Conversation.Text(answer), StringComparison.Ordinal);
        Assert.Equal(isChosen ? "offline" : "fake", answer.GetProperty("info").GetProperty("providerID").GetString());
    }

    private static async Task<HttpStatusCode> SendAsync(TestServer server, string session, JsonObject body) =>
        (await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", body.ToJsonString(), Cancelled)).Status;
}

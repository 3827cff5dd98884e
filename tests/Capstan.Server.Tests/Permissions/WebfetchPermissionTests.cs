using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Permissions;

/// <summary>Pages on this machine: who is asked for them, and what an answer covers. The scripted model serves as the page.</summary>
public sealed class WebfetchPermissionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static void Script(TestServer server, string name, string url) => server.Model.Set(
        name, ModelStep.Call("webfetch", $$"""{"url":"{{url}}"}"""), ModelStep.Say("done"));

    private static string Page(TestServer server) => new Uri(server.Model.Url, "/v1/models").AbsoluteUri;

    [Fact]
    public async Task R10_A_page_on_this_machine_is_asked_for_by_its_address_and_always_covers_that_address()
    {
        await using var run = await PermissionServer.StartAsync("""{"*":"allow","webfetch":"allow"}""");
        Script(run.Server, "fetch", Page(run.Server));

        var answer = run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("[script:fetch]"), Cancelled);
        var asked = (await run.Events.UntilAsync("permission.asked")).Properties;
        Assert.Equal("webfetch", asked.GetProperty("permission").GetString());
        Assert.Equal("""["127.0.0.1"]""", asked.GetProperty("patterns").GetRawText());
        Assert.True(asked.GetProperty("whole").GetBoolean());
        await run.Server.ReplyAsync(asked.GetProperty("id").GetString()!, "always", cancellationToken: Cancelled);
        await answer;

        await run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("[script:fetch]"), Cancelled);
        Assert.Equal(1, await run.CountAskedAsync());
        foreach (var state in await StatesAsync(run))
            Assert.Contains("\"data\"", state.GetProperty("output").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R10_Always_for_pages_is_no_answer_for_this_machine()
    {
        await using var run = await PermissionServer.StartAsync("""{"webfetch":"ask"}""");
        Script(run.Server, "fetch", Page(run.Server));

        var answer = run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("[script:fetch]"), Cancelled);
        var page = (await run.Events.UntilAsync("permission.asked")).Properties;
        Assert.Equal("""["*"]""", page.GetProperty("always").GetRawText());
        await run.Server.ReplyAsync(page.GetProperty("id").GetString()!, "always", cancellationToken: Cancelled);
        var address = (await run.Events.UntilAsync("permission.asked")).Properties;
        Assert.Equal("""["127.0.0.1"]""", address.GetProperty("patterns").GetRawText());
        await run.Server.ReplyAsync(address.GetProperty("id").GetString()!, "reject", cancellationToken: Cancelled);
        await answer;
        Assert.Equal("error", Assert.Single(await StatesAsync(run)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task R10_Addresses_that_hand_out_credentials_are_refused_in_words()
    {
        await using var run = await PermissionServer.StartAsync("""{"*":"allow","webfetch":{"*":"allow","127.0.0.1":"allow"}}""");
        Script(run.Server, "fetch", "http://169.254.169.254/latest/meta-data/");
        Script(run.Server, "named", Page(run.Server));

        await run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("[script:fetch]"), Cancelled);
        await run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("[script:named]"), Cancelled);

        var states = await StatesAsync(run);
        Assert.StartsWith("169.254.169.254 is at 169.254.169.254", states[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("completed", states[1].GetProperty("status").GetString());
        Assert.Equal(0, await run.CountAskedAsync());
    }

    private static async Task<List<JsonElement>> StatesAsync(PermissionServer run) =>
        [.. (await run.Server.GetAsync($"/session/{run.Session}/message", Cancelled)).EnumerateArray()
            .SelectMany(static message => message.GetProperty("parts").EnumerateArray())
            .Where(static part => part.GetProperty("type").GetString() == "tool")
            .Select(static part => part.GetProperty("state"))];
}

using System.Text.Json.Nodes;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Models;

/// <summary>Which tools a model is offered: OpenCode's rule, asked of OpenCode 1.18.33 with these names.</summary>
public sealed class OfferedToolsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gpt-5", true)]
    [InlineData("gpt-5-codex", true)]
    [InlineData("openai/gpt-5.1", true)]
    [InlineData("my-gpt-5", true)]
    [InlineData("gpt-3.5-turbo", true)]
    [InlineData("gpt-4o", false)]
    [InlineData("gpt-oss-120b", false)]
    [InlineData("gpt-5-oss", false)]
    [InlineData("GPT-5", false)]
    [InlineData("gpt5", false)]
    [InlineData("o3", false)]
    public async Task Models_that_are_trained_to_write_patches_get_apply_patch_in_place_of_edit_and_write(string name, bool patches)
    {
        await using var server = await TestServer.StartAsync(
            new TestServerOptions
            {
                Workspace = new()
                {
                    // The name that the provider is sent decides, and not the one that users write.
                    Configure = configuration => configuration["provider"]!["fake"]!["models"]!["echo"]!["id"] = name,
                },
            },
            Cancelled);

        await server.PromptAsync(await server.CreateSessionAsync("{}", Cancelled), ServerUnderTest.Prompt("hi"), Cancelled);

        var offered = Assert.Single(server.Model.Turns).Body.GetProperty("tools").EnumerateArray()
            .Select(static tool => tool.GetProperty("function").GetProperty("name").GetString()).ToList();
        Assert.Equal(patches, offered.Contains("apply_patch"));
        Assert.Equal(!patches, offered.Contains("edit"));
        Assert.Equal(!patches, offered.Contains("write"));
        Assert.Contains("read", offered);
    }
}

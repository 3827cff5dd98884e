using System.Text.Json;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Kit;

public sealed class TestWorkspaceTests
{
    [Fact]
    public async Task A_workspace_is_a_clean_repository_configured_for_the_model()
    {
        string directory;
        using (var workspace = await TestWorkspace.CreateAsync(
            new Uri("http://127.0.0.1:1/v1"), new() { Permission = """{"bash":"ask"}""" }, TestContext.Current.CancellationToken))
        {
            directory = workspace.Directory;
            var configuration = JsonElement.Parse(workspace.Read("opencode.json"));

            Assert.Equal("fake/echo", configuration.GetProperty("model").GetString());
            Assert.Equal("ask", configuration.GetProperty("permission").GetProperty("bash").GetString());
            Assert.Equal("http://127.0.0.1:1/v1",
                configuration.GetProperty("provider").GetProperty("fake").GetProperty("options").GetProperty("baseURL").GetString());
            Assert.Equal("?? opencode.json\n", await workspace.GitAsync(["status", "--short"], TestContext.Current.CancellationToken));
        }

        Assert.False(Directory.Exists(directory));
    }
}

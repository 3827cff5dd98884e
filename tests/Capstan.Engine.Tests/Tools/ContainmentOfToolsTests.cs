using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class ContainmentOfToolsTests : ToolTest
{
    public static TheoryData<string> Tools => ["read", "write", "edit", "glob", "grep"];

    private static JsonObject Input(string tool, string path) => tool switch
    {
        "read" => new() { ["filePath"] = path },
        "write" => new() { ["filePath"] = path, ["content"] = "stolen" },
        "edit" => new() { ["filePath"] = path, ["oldString"] = "secret", ["newString"] = "stolen" },
        _ => new() { ["pattern"] = "secret", ["path"] = path },
    };

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task R11_what_lies_behind_a_link_is_asked_for_first_and_untouched_when_refused(string tool)
    {
        var secret = Path.Combine(Outside, "secret");
        await File.WriteAllTextAsync(secret, "secret", Cancel);
        File.CreateSymbolicLink(Path.Combine(Root, "link"), tool is "glob" ? Outside : secret);
        Context.Answer = ask => ask.Permission == "external_directory"
            ? throw new PermissionRefusedException("no")
            : Task.CompletedTask;

        await Assert.ThrowsAsync<PermissionRefusedException>(() => RunAsync(tool, Input(tool, "link")));

        var ask = Assert.Single(Context.Asks);
        Assert.Equal([Outside + "/*"], ask.Patterns);
        Assert.Equal([Outside + "/*"], ask.Always);
        Assert.Equal(Outside, (string?)ask.Metadata["parentDir"]);
        Assert.Equal("secret", await File.ReadAllTextAsync(secret, Cancel));
    }

    [Fact]
    public async Task A_path_that_is_swapped_for_a_link_during_the_ask_is_not_followed()
    {
        Put("dir/file", "x");
        await File.WriteAllTextAsync(Path.Combine(Outside, "file"), "secret", Cancel);
        Context.Answer = _ =>
        {
            Directory.Delete(Path.Combine(Root, "dir"), true);
            Directory.CreateSymbolicLink(Path.Combine(Root, "dir"), Outside);
            return Task.CompletedTask;
        };

        await Assert.ThrowsAsync<ToolException>(() => RunAsync("read", Input("read", "dir/file")));
    }

    [Fact]
    public async Task A_rule_meets_the_name_of_a_link_and_the_name_of_its_target()
    {
        Put("real.txt", "x");
        File.CreateSymbolicLink(Path.Combine(Root, "alias.txt"), "real.txt");
        await RunAsync("read", Input("read", "alias.txt"));
        Assert.Equal(["alias.txt", "real.txt"], Assert.Single(Context.Asks).Patterns);
    }

    [Fact]
    public async Task A_search_does_not_read_through_a_link_that_it_finds()
    {
        await File.WriteAllTextAsync(Path.Combine(Outside, "secret"), "secret", Cancel);
        File.CreateSymbolicLink(Path.Combine(Root, "link"), Path.Combine(Outside, "secret"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "dir"), Outside);
        Assert.Equal("No files found", (await RunAsync("grep", new() { ["pattern"] = "secret" })).Output);
        Assert.Equal("No files found", (await RunAsync("glob", new() { ["pattern"] = "**" })).Output);
    }
}
